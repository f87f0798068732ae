import type { SchemaDefinition } from '../definition.js';
import type { Difference, SchemaChange } from '../diff/change.js';
import { diffSnapshots } from '../diff/diff.js';
import { withStatements } from '../diff/statements.js';
import { SchemaAdoptError, SchemaReadOnlyError } from '../errors.js';
import { expectedSnapshot } from '../snapshot/expected.js';
import type { SchemaSnapshot, TableSnapshot } from '../snapshot/snapshot.js';
import { bookkeepingTables, type TableDefinition } from '../table-definition.js';
import type { ResolvedTarget } from '../target.js';
import type { TableRecord } from './record.js';
import { copyName, copyShape, isCopyOf, keptName, type CopyShape } from './shape.js';

/** What becomes of a table. */
export type TablePlan = CreatePlan | KeepPlan | CopyPlan | FinishPlan;

interface Planned {
  readonly table: string;
  readonly definition: TableDefinition;
}

export interface CreatePlan extends Planned {
  readonly action: 'create';
  readonly statements: readonly string[];
}

/** It stays, and gets the columns that it lacks. */
export interface KeepPlan extends Planned {
  readonly action: 'keep';
  readonly statements: readonly string[];
  readonly extraColumns: readonly string[];
}

export interface CopyPlan extends Planned {
  readonly action: 'copy';
  readonly live: TableSnapshot;
  readonly shape: CopyShape;
  /** What can't be changed in place, a line each. */
  readonly reasons: readonly string[];
  /** A copy that somebody who was stopped has begun. */
  readonly begun: TableSnapshot | undefined;
  /** Whether that copy is of other definitions than today's. */
  readonly isStale: boolean;
  /** Whether the table is still blocked by somebody who was stopped. */
  readonly isBlocked: boolean;
}

/** It was swapped, and what comes after was not done. */
export interface FinishPlan extends Planned {
  readonly action: 'finish';
  /** What the table that was is called. */
  readonly old: string;
}

/**
 * What is to be done with each table. Pure: it goes by what is there, so that whoever comes after a
 * crash plans what is left.
 *
 * @throws SchemaAdoptError where a table can't be taken over at all.
 */
export function planTables(
  definition: SchemaDefinition,
  live: SchemaSnapshot,
  records: ReadonlyMap<string, TableRecord>,
  target: ResolvedTarget,
): TablePlan[] {
  const found = new Map(live.tables.map((table) => [table.name, table]));
  const expected = expectedSnapshot(definition.tables, target);
  const differences = diffSnapshots(expected, live);
  const bookkeeping = new Set(bookkeepingTables().map(({ name }) => name));
  return definition.tables
    .filter(({ name }) => !bookkeeping.has(name))
    .map((table): TablePlan => {
      const { name } = table;
      const changes = differences
        .filter((difference) => difference.table === name)
        .map((difference) => withStatements(difference, definition, target));
      const planned = { table: name, definition: table };
      const there = found.get(name);
      const statements = changes.flatMap((change) => change.sql);
      if (there === undefined) return { ...planned, action: 'create', statements };
      const reasons = changes.filter(isUnsafe);
      const copy = live.tables.find((other) => isCopyOf(name, other.name));
      if (reasons.length > 0) {
        refuseWhatIsInTheWay(target.schema, table, there, found, records);
        const shape = copyShape(table, there);
        return {
          ...planned,
          action: 'copy',
          live: there,
          shape,
          reasons: reasons.map(({ message }) => message),
          begun: copy,
          isStale: copy !== undefined && isOther(table, copy, target),
          isBlocked: there.storage?.readOnly === true,
        };
      }
      if (copy !== undefined && records.has(name)) {
        return { ...planned, action: 'finish', old: copy.name };
      }
      const extraColumns = changes.flatMap(({ kind, column }) =>
        kind === 'extra-column' && column !== undefined ? [column] : [],
      );
      return { ...planned, action: 'keep', statements, extraColumns };
    });
}

/** What neither stays as it is nor is changed in place. */
function isUnsafe({ kind, severity, safe }: SchemaChange | Difference): boolean {
  if (safe || severity === 'note') return false;
  if (kind === 'extra-column') return severity === 'error';
  return kind !== 'option' && kind !== 'read-only';
}

/** Whether a copy was begun by a program of other definitions. */
function isOther(table: TableDefinition, copy: TableSnapshot, target: ResolvedTarget): boolean {
  const name = copyName(table.name);
  const expected = expectedSnapshot([{ ...table, name }], target);
  const found: SchemaSnapshot = { engine: target.engine, tables: [copy] };
  return diffSnapshots(expected, found).some(isUnsafe);
}

function refuseWhatIsInTheWay(
  schema: string,
  { name, columns, primaryKey }: TableDefinition,
  live: TableSnapshot,
  found: ReadonlyMap<string, TableSnapshot>,
  records: ReadonlyMap<string, TableRecord>,
): void {
  if (found.has(keptName(name))) {
    throw new SchemaAdoptError(
      schema,
      `${keptName(name)} is there from another time; drop it, or rename it`,
    );
  }
  if (!records.has(name)) {
    const copy = [...found.keys()].find((other) => isCopyOf(name, other));
    if (copy !== undefined) {
      throw new SchemaAdoptError(schema, `${copy} is there, and not ours; rename it`);
    }
    if (live.storage?.readOnly === true) throw new SchemaReadOnlyError(schema, undefined, name);
  }
  const has = new Set(live.columns.map((column) => column.name));
  const unfilled = columns.find(
    (column) =>
      !has.has(column.name) &&
      column.default === undefined &&
      column.generated === undefined &&
      (column.notNull || primaryKey.includes(column.name)),
  );
  if (unfilled !== undefined) {
    throw new SchemaAdoptError(
      schema,
      `${name} has no column ${unfilled.name}, and nothing can be put there`,
    );
  }
}
