import { isReadOnly } from '../errors.js';
import { qualified, quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import { groupBy, textOf } from './rows.js';
import { normalExpression } from './normalize.js';
import type { ColumnSnapshot, SchemaSnapshot, StorageSnapshot } from './snapshot.js';

/**
 * Reads a schema of CrateDB: three queries, and `SHOW CREATE TABLE` for each table, since nothing
 * else tells of `INDEX OFF` and `columnstore`.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/information-schema.html
 */
export async function readCrateSnapshot(
  runner: StatementRunner,
  schema: string,
): Promise<SchemaSnapshot> {
  const inSchema = `table_schema = ${quoteText(schema)}`;
  const tables = await runner.execute(
    'SELECT table_name, clustered_by, partitioned_by, number_of_shards, number_of_replicas,' +
      ' column_policy, settings FROM information_schema.tables' +
      ` WHERE ${inSchema} AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  const columns = await runner.execute(
    'SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,' +
      " column_default, generation_expression, column_details['policy'] AS policy," +
      " column_details['path'] AS path FROM information_schema.columns" +
      ` WHERE ${inSchema} ORDER BY table_name, ordinal_position`,
  );
  const keys = await runner.execute(
    'SELECT table_name, column_name FROM information_schema.key_column_usage' +
      ` WHERE ${inSchema} ORDER BY table_name, ordinal_position`,
  );
  const columnsOf = groupBy(columns.rows, 'table_name');
  const keysOf = groupBy(keys.rows, 'table_name');
  const snapshot = [];
  for (const row of tables.rows) {
    const name = textOf(row, 'table_name');
    const declared = await readDeclaration(runner, schema, name);
    snapshot.push({
      name,
      columns: (columnsOf.get(name) ?? [])
        // The keys of an object are listed too; they are data.
        .filter((column) => !isPart(column))
        .map((column) => columnSnapshot(column, declared)),
      primaryKey: (keysOf.get(name) ?? []).map((key) => textOf(key, 'column_name')),
      indexes: [],
      storage: storageSnapshot(row),
    });
  }
  return { engine: 'cratedb', tables: snapshot };
}

function isPart(column: unknown): boolean {
  const path = field(column, 'path');
  return Array.isArray(path) && path.length > 0;
}

function columnSnapshot(row: unknown, declared: Declaration | undefined): ColumnSnapshot {
  const name = textOf(row, 'column_name');
  const byDefault = field(row, 'column_default');
  const generated = field(row, 'generation_expression');
  return {
    name,
    type: typeOf(row),
    notNull: field(row, 'is_nullable') === 'NO',
    default: typeof byDefault === 'string' ? normalExpression(byDefault) : undefined,
    generated: typeof generated === 'string' ? normalExpression(generated) : undefined,
    index: declared?.(name).index,
    columnstore: declared?.(name).columnstore,
  };
}

function typeOf(row: unknown): string {
  const type = textOf(row, 'data_type');
  const length = field(row, 'character_maximum_length');
  if (type === 'object') return `object(${textOf(row, 'policy')})`;
  if (length === null || length === undefined) return type;
  return `${type === 'text' ? 'varchar' : type}(${String(Number(length))})`;
}

/** Settings that are drift where they are not at CrateDB's default, which is the definitions'. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  codec: 'default',
  refresh_interval: '1000',
  'translog.durability': 'REQUEST',
  'write.wait_for_active_shards': '1',
};

function storageSnapshot(row: unknown): StorageSnapshot {
  const settings = field(row, 'settings');
  const partitionedBy = field(row, 'partitioned_by');
  const blocks = field(settings, 'blocks');
  return {
    clusteredBy: textOf(row, 'clustered_by'),
    partitionedBy: Array.isArray(partitionedBy) ? partitionedBy.map(String) : [],
    shards: Number(field(row, 'number_of_shards')),
    replicas: textOf(row, 'number_of_replicas'),
    columnPolicy: textOf(row, 'column_policy'),
    readOnly: ['read_only', 'read_only_allow_delete', 'write'].some(
      (block) => field(blocks, block) === true,
    ),
    options: Object.fromEntries(
      Object.entries(DEFAULT_SETTINGS).flatMap(([name, usual]) => {
        const value = name.split('.').reduce<unknown>(field, settings);
        return value === undefined || value === null || scalar(value) === usual
          ? []
          : [[name, scalar(value)]];
      }),
    ),
  };
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Declaration = (column: string) => Required<Pick<ColumnSnapshot, 'index' | 'columnstore'>>;

/** Undefined where CrateDB refuses to tell: of a read-only table it does. */
async function readDeclaration(
  runner: StatementRunner,
  schema: string,
  table: string,
): Promise<Declaration | undefined> {
  try {
    const { rows } = await runner.execute(`SHOW CREATE TABLE ${qualified(schema, table)}`);
    const [text] = Object.values((rows[0] ?? {}) as Record<string, unknown>);
    return declarationOf(String(text));
  } catch (error) {
    if (isReadOnly(error)) return undefined;
    throw error;
  }
}

/**
 * Of the text, one column a line at the first level of indentation, what follows a column's name up
 * to the next one.
 */
export function declarationOf(createTable: string): Declaration {
  const texts = new Map<string, string>();
  let current = '';
  for (const line of createTable.split('\n')) {
    const name = /^ {3}"((?:[^"]|"")+)"/.exec(line)?.[1]?.replaceAll('""', '"');
    if (name !== undefined) current = name;
    // The table's own options come after.
    if (line.startsWith(')') || /^ {3}[A-Z]/.test(line)) current = '';
    if (current !== '') texts.set(current, `${texts.get(current) ?? ''} ${line.trim()}`);
  }
  return (column) => {
    const text = texts.get(column) ?? '';
    return {
      index: indexOf(text),
      columnstore: !/columnstore = false/.test(text),
    };
  };
}

function indexOf(declaration: string): 'plain' | 'off' | 'fulltext' {
  if (/ INDEX OFF/.test(declaration)) return 'off';
  return / INDEX USING FULLTEXT/i.test(declaration) ? 'fulltext' : 'plain';
}
