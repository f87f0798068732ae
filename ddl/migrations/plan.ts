import type { SchemaDefinition } from '../definition.js';
import { renderAddColumn, renderTable } from '../render/alter.js';
import { renderPostgresIndex } from '../render/postgres.js';
import { qualified } from '../render/table.js';
import type { TableDefinition } from '../table-definition.js';
import type { ResolvedTarget } from '../target.js';
import type { Catalog } from './catalog.js';
import type { MigrationStep } from './migration.js';

/** Where a database stands. */
export interface Position {
  readonly catalog: Catalog;
  /** The version it records; undefined where it records none. */
  readonly recorded: number | undefined;
  /** How many steps of which version were done by somebody who didn't come to the end. */
  readonly progress?: Progress | undefined;
}

export interface Progress {
  readonly version: number;
  readonly step: number;
}

export interface PlannedStep {
  /** For a log line: `create table runs`. */
  readonly about: string;
  /** May be none, where what it makes is there already. */
  readonly statements: readonly string[];
  /** CrateDB: a table that must be readable before the version is recorded. */
  readonly creates?: string;
  /** Of a migration: where the database stands once it is done. */
  readonly progress?: Progress;
  /** Of a migration's last step: the version to be recorded then. */
  readonly completes?: number;
}

/**
 * What is to be done, in order, until the database is at the newest version: nothing where it is
 * there already. It is pure, so that the steps that are printed are the steps that are run.
 */
export function planSteps(
  definition: SchemaDefinition,
  { catalog, recorded, progress }: Position,
  target: ResolvedTarget,
): PlannedStep[] {
  const { tables, migrations } = definition;
  const isNew = recorded === undefined && !hasTables(definition, catalog);
  const pending = isNew
    ? []
    : migrations.filter(({ version }) => version > (recorded ?? 1));
  const later = new Set(
    pending.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'create-table' ? [step.table.name] : [])),
    ),
  );
  // What no pending migration will make is made first and in its newest form: a new database's
  // tables, and those that somebody dropped.
  const missing = tables.filter(({ name }) => !catalog.has(name) && !later.has(name));
  const known = new Map([...catalog].map(([name, columns]) => [name, new Set(columns)]));
  const planned: PlannedStep[] = missing.map((table) => {
    known.set(table.name, new Set(table.columns.map((column) => column.name)));
    return {
      about: `create table ${table.name}`,
      statements: renderTable(table, target),
      creates: table.name,
    };
  });
  if (recorded === undefined && target.engine === 'postgres') {
    // Of a table that a killed process made, the indexes may be missing.
    for (const table of tables.filter(({ name }) => catalog.has(name))) {
      const statements = indexesOf(table, catalog.get(table.name), target);
      if (statements.length > 0) planned.push({ about: `indexes of ${table.name}`, statements });
    }
  }
  for (const { version, steps } of pending) {
    steps.forEach((step, index) => {
      const done = progress?.version === version && index < progress.step;
      planned.push({
        ...planStep(step, known, done, target),
        progress: { version, step: index + 1 },
        ...(index + 1 === steps.length ? { completes: version } : {}),
      });
    });
  }
  return planned;
}

function planStep(
  step: MigrationStep,
  known: Map<string, Set<string>>,
  done: boolean,
  target: ResolvedTarget,
): PlannedStep {
  switch (step.kind) {
    case 'create-table': {
      const { table } = step;
      const present = known.has(table.name);
      if (!present) known.set(table.name, new Set(table.columns.map((column) => column.name)));
      return {
        about: `create table ${table.name}`,
        statements: present
          ? indexesOf(table, known.get(table.name), target)
          : renderTable(table, target),
        creates: table.name,
      };
    }
    case 'add-column': {
      const { table, column, largeText = false } = step;
      const columns = known.get(table);
      const present = columns?.has(column.name) === true;
      columns?.add(column.name);
      return {
        about: `add column ${table}.${column.name}`,
        statements: present ? [] : [renderAddColumn(table, column, largeText, target)],
      };
    }
    case 'create-index': {
      const { table, index } = step;
      return {
        about: `create index ${index.name}`,
        statements:
          target.engine === 'postgres' ? [renderPostgresIndex(table, index, target.schema)] : [],
      };
    }
    case 'data': {
      const table = (name: string) => qualified(target.schema, name);
      return {
        about: step.about,
        statements: done ? [] : step.statements(target.engine, table),
      };
    }
  }
}

/** What makes the indexes that are not there, of the columns that are; CrateDB has none. */
function indexesOf(
  table: TableDefinition,
  columns: ReadonlySet<string> | undefined,
  target: ResolvedTarget,
): string[] {
  if (target.engine === 'cratedb') return [];
  return table.indexes
    .filter((index) => index.columns.every((column) => columns?.has(column)))
    .map((index) => renderPostgresIndex(table.name, index, target.schema));
}

/** Whether any table is there but the bookkeeping, which whoever wants the lease makes first. */
export function hasTables({ tables }: SchemaDefinition, catalog: Catalog): boolean {
  return tables.some(
    ({ name }) => name !== 'schema_migration' && name !== 'schema_version' && catalog.has(name),
  );
}
