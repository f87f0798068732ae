import { quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import { normalExpression } from './normalize.js';
import { groupBy, textOf } from './rows.js';
import type { ColumnSnapshot, SchemaSnapshot } from './snapshot.js';

/**
 * Reads a schema of PostgreSQL, in three queries.
 *
 * @see https://www.postgresql.org/docs/current/catalogs.html
 */
export async function readPostgresSnapshot(
  runner: StatementRunner,
  schema: string,
): Promise<SchemaSnapshot> {
  const ofSchema = `n.nspname = ${quoteText(schema)} AND c.relkind IN ('r', 'p')`;
  const tables = await runner.execute(
    'SELECT c.relname AS table_name FROM pg_catalog.pg_class c' +
      ' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace' +
      ` WHERE ${ofSchema} ORDER BY c.relname`,
  );
  const columns = await runner.execute(
    'SELECT c.relname AS table_name, a.attname AS column_name,' +
      ' format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,' +
      " a.attgenerated = 's' AS generated, pg_get_expr(d.adbin, d.adrelid) AS expression" +
      ' FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid' +
      ' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace' +
      ' LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum' +
      ` WHERE ${ofSchema} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`,
  );
  const indexes = await runner.execute(
    'SELECT c.relname AS table_name, i.relname AS index_name, x.indisprimary AS is_primary,' +
      ' a.attname AS column_name FROM pg_catalog.pg_index x' +
      ' JOIN pg_catalog.pg_class c ON c.oid = x.indrelid' +
      ' JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace' +
      ' JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid' +
      ' CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (attnum, place)' +
      ' LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum' +
      ` WHERE ${ofSchema} ORDER BY c.relname, i.relname, k.place`,
  );
  const columnsOf = groupBy(columns.rows, 'table_name');
  const indexesOf = groupBy(indexes.rows, 'table_name');
  return {
    engine: 'postgres',
    tables: tables.rows.map((row) => {
      const name = textOf(row, 'table_name');
      const indexed = indexesOf.get(name) ?? [];
      const isPrimary = (entry: unknown) => field(entry, 'is_primary') === true;
      return {
        name,
        columns: (columnsOf.get(name) ?? []).map(columnSnapshot),
        primaryKey: indexed.filter(isPrimary).map((entry) => textOf(entry, 'column_name')),
        indexes: [...groupBy(indexed.filter((entry) => !isPrimary(entry)), 'index_name')].map(
          ([index, entries]) => ({
            name: index,
            columns: entries.map((entry) => textOf(entry, 'column_name')),
          }),
        ),
      };
    }),
  };
}

function columnSnapshot(row: unknown): ColumnSnapshot {
  const expression = field(row, 'expression');
  const text = typeof expression === 'string' ? normalExpression(expression) : undefined;
  const isGenerated = field(row, 'generated') === true;
  return {
    name: textOf(row, 'column_name'),
    type: textOf(row, 'type').replace(/^character varying/, 'varchar'),
    notNull: field(row, 'not_null') === true,
    default: isGenerated ? undefined : text,
    generated: isGenerated ? text : undefined,
  };
}
