import type { TableDefinition } from '../table-definition.js';
import type { SchemaTarget } from '../target.js';
import { crateType } from '../render/cratedb.js';
import { postgresDefault } from '../render/postgres.js';
import type { ColumnShape } from '../render/table.js';
import { normalExpression } from './normalize.js';
import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from './snapshot.js';

/** The definitions as a snapshot: what a database looks like that was just provisioned. */
export function expectedSnapshot(
  tables: readonly TableDefinition[],
  target: SchemaTarget,
): SchemaSnapshot {
  return { engine: target.engine, tables: tables.map((table) => tableSnapshot(table, target)) };
}

function tableSnapshot(
  table: TableDefinition,
  { engine, shards, replicas }: SchemaTarget,
): TableSnapshot {
  const { name, indexes, storage } = table;
  const columns = table.columns.map((column) =>
    columnSnapshot(column, engine, storage.largeText.includes(column.name)),
  );
  if (engine === 'postgres') return { name, columns, primaryKey: table.primaryKey, indexes };
  // CrateDB keeps a key in the order in which its columns are declared.
  const primaryKey = columns.flatMap((column) =>
    table.primaryKey.includes(column.name) ? [column.name] : [],
  );
  return {
    name,
    columns,
    primaryKey,
    indexes: [],
    storage: {
      // What CrateDB tells of a table with a key of several columns and no CLUSTERED BY.
      clusteredBy: storage.clusteredBy ?? (primaryKey.length === 1 ? (primaryKey[0] ?? '') : '_id'),
      partitionedBy: [],
      shards: shards ?? storage.shards,
      replicas: String(replicas ?? storage.replicas),
      columnPolicy: 'strict',
      readOnly: false,
      options: {},
    },
  };
}

function columnSnapshot(
  column: ColumnShape,
  engine: SchemaSnapshot['engine'],
  large: boolean,
): ColumnSnapshot {
  const crate = engine === 'cratedb';
  const expression =
    column.default === undefined || crate ? column.default : postgresDefault(column.default);
  return {
    name: column.name,
    type: (crate ? crateType(column.type) : column.type).toLowerCase(),
    notNull: column.notNull,
    default: expression === undefined ? undefined : normalExpression(expression),
    generated: column.generated === undefined ? undefined : normalExpression(column.generated),
    ...(crate ? { index: large ? 'off' : 'plain', columnstore: !large } : {}),
  };
}
