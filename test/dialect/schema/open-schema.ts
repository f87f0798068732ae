import { Kysely, sql } from 'kysely';

import { CrateDialect, type StatementEvent } from '../../../dialect/index.js';

/** Whatever tables a test makes. */
type AnyTables = Record<string, Record<string, unknown>>;

export interface SchemaTest {
  readonly db: Kysely<AnyTables>;
  readonly schema: string;
  readonly sent: StatementEvent[];
  /** CrateDB's own text of a table, on one line. */
  showCreate(table: string): Promise<string>;
  close(): Promise<void>;
}

/** An empty schema of the test file's own. */
export async function openSchema(url: string, schema: string): Promise<SchemaTest> {
  const sent: StatementEvent[] = [];
  const base = url.replace(/\?.*$/, '');
  const dialect = new CrateDialect({ url: base, schema, onStatement: (event) => sent.push(event) });
  const db = new Kysely<AnyTables>({ dialect });
  await dropRelations(db, schema);
  return {
    db,
    schema,
    sent,
    showCreate: async (table) => {
      const { rows } = await sql<
        Record<string, string>
      >`show create table ${sql.id(schema, table)}`.execute(db);
      const [text] = Object.values(rows[0] ?? {});
      return (text ?? '')
        .replace(/\s+/g, ' ')
        .replaceAll('( ', '(')
        .replaceAll(' )', ')')
        .replace(/^CREATE TABLE IF NOT EXISTS "[^"]+"\./, '');
    },
    close: async () => {
      await dropRelations(db, schema);
      await db.destroy();
    },
  };
}

async function dropRelations(db: Kysely<AnyTables>, schema: string): Promise<void> {
  const { rows } = await sql<{
    name: string;
    type: string;
  }>`select table_name as name, table_type as type from information_schema.tables where table_schema = ${schema}`.execute(
    db,
  );
  for (const { name, type } of rows) {
    const kind = type === 'VIEW' ? sql`view` : sql`table`;
    await sql`drop ${kind} if exists ${sql.id(schema, name)}`.execute(db);
  }
}
