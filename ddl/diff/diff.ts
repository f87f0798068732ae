import type { SchemaSnapshot, TableSnapshot } from '../snapshot/snapshot.js';
import type { Difference } from './change.js';
import { diffColumns } from './columns.js';
import { diffStorage } from './storage.js';

/**
 * What differs between two snapshots of one engine, in the order of the expected one. Pure.
 *
 * @param expected How it should be.
 * @param live How it is.
 */
export function diffSnapshots(expected: SchemaSnapshot, live: SchemaSnapshot): Difference[] {
  const { engine } = expected;
  const found = new Map(live.tables.map((table) => [table.name, table]));
  const known = new Set(expected.tables.map((table) => table.name));
  return [
    ...expected.tables.flatMap((table) => {
      const other = found.get(table.name);
      return other === undefined ? [missingTable(table)] : diffTable(table, other, engine);
    }),
    ...live.tables.flatMap((table) => (known.has(table.name) ? [] : [extraTable(table)])),
  ];
}

function missingTable({ name }: TableSnapshot): Difference {
  return {
    kind: 'missing-table',
    table: name,
    severity: 'error',
    safe: true,
    message: `table ${name} is missing`,
  };
}

function extraTable({ name }: TableSnapshot): Difference {
  return {
    kind: 'extra-table',
    table: name,
    severity: 'note',
    safe: false,
    message: `table ${name} is none of the definitions`,
    advice: 'leave it, if it is yours',
  };
}

function diffTable(
  expected: TableSnapshot,
  live: TableSnapshot,
  engine: SchemaSnapshot['engine'],
): Difference[] {
  return [
    ...diffColumns(expected, live, engine),
    ...diffPrimaryKey(expected, live),
    ...diffIndexes(expected, live),
    ...diffStorage(expected, live),
  ];
}

function diffPrimaryKey(expected: TableSnapshot, live: TableSnapshot): Difference[] {
  const wanted = expected.primaryKey.join(', ');
  const found = live.primaryKey.join(', ');
  if (wanted === found) return [];
  const sameColumns =
    [...expected.primaryKey].sort().join() === [...live.primaryKey].sort().join();
  // On CrateDB the order means something only for the column that routes: see `TableStorage`.
  const routing = live.storage?.clusteredBy;
  if (sameColumns && routing !== undefined) {
    if (!live.primaryKey.includes(routing) || live.primaryKey[0] === routing) return [];
  }
  return [
    {
      kind: 'primary-key',
      table: expected.name,
      expected: wanted,
      found,
      severity: sameColumns ? 'warning' : 'error',
      safe: false,
      message: `primary key of ${expected.name} is (${found}), expected (${wanted})`,
      advice: 'a primary key stays as it was made: copy the rows into a new table and swap them',
    },
  ];
}

function diffIndexes(expected: TableSnapshot, live: TableSnapshot): Difference[] {
  const table = expected.name;
  const found = new Map(live.indexes.map((index) => [index.name, index.columns.join(', ')]));
  const known = new Set(expected.indexes.map((index) => index.name));
  const missing = expected.indexes.flatMap(({ name, columns }): Difference[] => {
    const wanted = columns.join(', ');
    const other = found.get(name);
    if (other === wanted) return [];
    const shared = { kind: 'missing-index', table, expected: wanted, severity: 'warning' } as const;
    return other === undefined
      ? [{ ...shared, safe: true, message: `index ${name} on ${table} (${wanted}) is missing` }]
      : [
          {
            ...shared,
            found: other,
            safe: false,
            message: `index ${name} is on ${table} (${other}), expected (${wanted})`,
            advice: 'drop it, then apply',
          },
        ];
  });
  const extra = live.indexes.flatMap(({ name, columns }): Difference[] =>
    known.has(name)
      ? []
      : [
          {
            kind: 'extra-index',
            table,
            found: columns.join(', '),
            severity: 'note',
            safe: false,
            message: `index ${name} on ${table} is none of the definitions`,
          },
        ],
  );
  return [...missing, ...extra];
}
