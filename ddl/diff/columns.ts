import type { ColumnSnapshot, SchemaSnapshot, TableSnapshot } from '../snapshot/snapshot.js';
import type { Difference } from './change.js';

const COPY = 'copy the rows into a new table with the right column and swap the two';

export function diffColumns(
  expected: TableSnapshot,
  live: TableSnapshot,
  engine: SchemaSnapshot['engine'],
): Difference[] {
  const found = new Map(live.columns.map((column) => [column.name, column]));
  const known = new Set(expected.columns.map((column) => column.name));
  return [
    ...expected.columns.flatMap((column) => {
      const other = found.get(column.name);
      return other === undefined
        ? [missingColumn(expected, column, engine)]
        : diffColumn(expected.name, column, other);
    }),
    ...live.columns.flatMap((column) =>
      known.has(column.name) ? [] : [extraColumn(expected.name, column)],
    ),
  ];
}

function missingColumn(
  table: TableSnapshot,
  column: ColumnSnapshot,
  engine: SchemaSnapshot['engine'],
): Difference {
  const reason = unsafeReason(table, column, engine);
  return {
    kind: 'missing-column',
    table: table.name,
    column: column.name,
    expected: column.type,
    severity: 'error',
    safe: reason === undefined,
    message: `column ${table.name}.${column.name} is missing`,
    ...(reason === undefined ? {} : { advice: `${reason}: ${COPY}` }),
  };
}

/** Why a column can't be added to a table that may have rows. */
function unsafeReason(
  { primaryKey }: TableSnapshot,
  { name, notNull, generated, default: byDefault }: ColumnSnapshot,
  engine: SchemaSnapshot['engine'],
): string | undefined {
  if (primaryKey.includes(name)) return 'a key can only be made with its table';
  if (engine === 'cratedb') {
    if (generated !== undefined) return 'CrateDB adds a generated column only to an empty table';
    if (notNull) return 'rows that are there get no value, and CrateDB then refuses their updates';
  } else if (notNull && byDefault === undefined) {
    return 'the rows that are there would have no value';
  }
  return undefined;
}

function extraColumn(
  table: string,
  { name, notNull, default: byDefault }: ColumnSnapshot,
): Difference {
  const refusesRows = notNull && byDefault === undefined;
  return {
    kind: 'extra-column',
    table,
    column: name,
    severity: refusesRows ? 'error' : 'warning',
    safe: false,
    message: refusesRows
      ? `column ${table}.${name} is none of the definitions, and refuses rows without it`
      : `column ${table}.${name} is none of the definitions`,
    advice: 'drop it, if nobody else reads it',
  };
}

function diffColumn(table: string, expected: ColumnSnapshot, live: ColumnSnapshot): Difference[] {
  const differences: Difference[] = [];
  const { name: column } = expected;
  const place = `column ${table}.${column}`;
  const add = (
    kind: Difference['kind'],
    severity: Difference['severity'],
    wanted: string,
    found: string,
    advice = COPY,
  ) => {
    const message = `${place} is ${found}, expected ${wanted}`;
    const shared = { kind, table, column, severity, safe: false, message, advice };
    differences.push({ ...shared, expected: wanted, found });
  };

  if (expected.type !== live.type) {
    const isPolicy = [expected, live].every(({ type }) => type.startsWith('object('));
    add(
      isPolicy ? 'object-policy' : 'type',
      isPolicy ? 'warning' : 'error',
      expected.type.toUpperCase(),
      live.type.toUpperCase(),
    );
  }
  if (expected.notNull !== live.notNull) {
    const words = (notNull: boolean) => (notNull ? 'NOT NULL' : 'nullable');
    // Stricter than expected refuses what we write.
    add(
      'not-null',
      live.notNull ? 'error' : 'warning',
      words(expected.notNull),
      words(live.notNull),
    );
  }
  if (expected.default !== live.default) {
    const words = (value: string | undefined) =>
      value === undefined ? 'without default' : `DEFAULT ${value}`;
    add('default', 'warning', words(expected.default), words(live.default));
  }
  if (expected.generated !== live.generated) {
    const words = (value: string | undefined) =>
      value === undefined ? 'not generated' : `GENERATED ALWAYS AS (${value})`;
    add('generated', 'error', words(expected.generated), words(live.generated));
  }
  // Undefined is what couldn't be read, or what the engine doesn't have.
  if (live.index !== undefined && expected.index !== live.index) {
    const words = (index: ColumnSnapshot['index']) =>
      index === 'off' ? 'INDEX OFF' : index === 'fulltext' ? 'INDEX USING FULLTEXT' : 'indexed';
    add('index', 'warning', words(expected.index), words(live.index));
  }
  if (live.columnstore !== undefined && expected.columnstore !== live.columnstore) {
    const words = (on: boolean | undefined) =>
      on === true ? 'column-stored' : 'not column-stored';
    add('columnstore', 'warning', words(expected.columnstore), words(live.columnstore));
  }
  return differences;
}
