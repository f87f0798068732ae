import type { Migration, SchemaDefinition, TableDefinition } from '../../ddl/index.js';

const storage = { shards: 1, replicas: '0', largeText: [] } as const;
const text = (name: string) => ({ name, type: 'text', notNull: false }) as const;
const key = (name: string) => ({ ...text(name), notNull: true }) as const;

const thing: TableDefinition = {
  name: 'thing',
  columns: [key('id'), text('name')],
  primaryKey: ['id'],
  indexes: [],
  storage,
};
const note: TableDefinition = {
  name: 'note',
  columns: [key('thing_id'), key('id'), text('body')],
  primaryKey: ['thing_id', 'id'],
  indexes: [],
  storage: { ...storage, clusteredBy: 'thing_id' },
};
const upper = { name: 'upper_name', type: 'varchar(300)', notNull: false } as const;
const index = { name: 'index_thing_upper_name', columns: ['upper_name'] };

/** Adds a table and a column, and fills the column from what is there. */
const second: Migration = {
  version: 2,
  name: 'notes, and names in upper case',
  steps: [
    { kind: 'create-table', table: note },
    { kind: 'add-column', table: 'thing', column: upper },
    { kind: 'create-index', table: 'thing', index },
    {
      kind: 'data',
      about: 'fill thing.upper_name',
      statements: (engine, table) => [
        ...(engine === 'cratedb' ? [`REFRESH TABLE ${table('thing')}`] : []),
        `UPDATE ${table('thing')} SET upper_name = upper(name) WHERE upper_name IS NULL`,
      ],
    },
  ],
};

/** Adds a column to a table that the one before made. */
const third: Migration = {
  version: 3,
  name: 'large texts of notes',
  steps: [
    { kind: 'add-column', table: 'note', column: text('large'), largeText: true },
    {
      kind: 'data',
      about: 'a note for each thing',
      statements: (engine, table) => [
        ...(engine === 'cratedb' ? [`REFRESH TABLE ${table('thing')}`] : []),
        `INSERT INTO ${table('note')} (thing_id, id, body)` +
          ` (SELECT id, 'first', upper_name FROM ${table('thing')}) ON CONFLICT DO NOTHING`,
      ],
    },
  ],
};

/** Two tables and three versions: few statements, so that each can be the last before a crash. */
export const first: SchemaDefinition = { tables: [thing], migrations: [] };

export const newest: SchemaDefinition = {
  tables: [
    { ...thing, columns: [...thing.columns, upper], indexes: [index] },
    {
      ...note,
      columns: [...note.columns, text('large')],
      storage: { ...note.storage, largeText: ['large'] },
    },
  ],
  migrations: [second, third],
};

/** The newest with a step in between that fails as long as `isBroken`. */
export function withFailingStep(isBroken: () => boolean): SchemaDefinition {
  const failing: Migration = {
    ...third,
    steps: third.steps.map((step) =>
      step.kind === 'data'
        ? {
            ...step,
            statements: (engine, table) =>
              isBroken() ? ['SELECT no_such_column'] : step.statements(engine, table),
          }
        : step,
    ),
  };
  return { ...newest, migrations: [second, failing] };
}
