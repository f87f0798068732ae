import { Kysely, sql } from 'kysely';

import { CrateDialect, type StatementEvent } from '../../../dialect/index.js';

/** A table with a column of each kind that the helpers are about. */
export interface NotesDB {
  notes: {
    id: string;
    grp: string | null;
    n: number | null;
    title: string | null;
    body: string | null;
    ts: Date | null;
    info: Info | null;
    items: Item[] | null;
    tags: string[] | null;
    xs: number[] | null;
    v: number[] | null;
    at: { x: number; y: number } | null;
    area: object | null;
  };
  other: { id: string; note: string; n: number };
}

export interface Info {
  author?: string;
  engine: { power: number | null; parts?: string[] };
  items?: Item[];
}

export interface Item {
  price: number;
  name: string | null;
}

export interface NotesTest {
  readonly db: Kysely<NotesDB>;
  readonly schema: string;
  readonly sent: StatementEvent[];
  close(): Promise<void>;
}

/** Compiles only: there is no server behind it. */
export function compilingNotes(schema = 's'): Kysely<NotesDB> {
  return new Kysely<NotesDB>({ dialect: new CrateDialect({ url: 'crate://nowhere', schema }) });
}

/** Fresh, empty tables that are never refreshed by themselves. */
export async function openNotes(url: string, schema: string): Promise<NotesTest> {
  const sent: StatementEvent[] = [];
  const base = url.replace(/\?.*$/, '');
  const dialect = new CrateDialect({ url: base, schema, onStatement: (event) => sent.push(event) });
  const db = new Kysely<NotesDB>({ dialect });
  const drop = async () => {
    for (const table of ['notes', 'other'] as const) {
      await db.schema.dropTable(table).ifExists().execute();
    }
  };
  await drop();
  const options = sql`clustered into 1 shards with (refresh_interval = 0, number_of_replicas = 0)`;
  await sql`create table ${sql.table('notes')} (
    id text primary key, grp text, n integer,
    title text index using fulltext with (analyzer = 'english'),
    body text index using fulltext with (analyzer = 'english'),
    index both using fulltext (title, body) with (analyzer = 'english'),
    ts timestamp with time zone,
    info object(dynamic) as (
      author text,
      engine object(dynamic) as (power integer, parts array(text)),
      items array(object(dynamic) as (price integer, name text))),
    items array(object(dynamic) as (price integer, name text)),
    tags array(text), xs array(integer), v float_vector(3), at geo_point, area geo_shape
  ) ${options}`.execute(db);
  await sql`create table ${sql.table('other')} (id text primary key, note text, n integer) ${options}`.execute(
    db,
  );
  sent.length = 0;
  return {
    db,
    schema,
    sent,
    close: async () => {
      await drop();
      await db.destroy();
    },
  };
}

/** A row with nulls but for what is given. */
export function note(id: string, values: Partial<NotesDB['notes']> = {}): NotesDB['notes'] {
  return {
    id,
    grp: null,
    n: null,
    title: null,
    body: null,
    ts: null,
    info: null,
    items: null,
    tags: null,
    xs: null,
    v: null,
    at: null,
    area: null,
    ...values,
  };
}
