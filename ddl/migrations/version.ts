import { causes } from '../errors.js';
import { qualified, quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import type { ResolvedTarget } from '../target.js';
import { isNotReady, whenReady } from './when-ready.js';

/** The row of `schema_version`, and of `schema_migration`, that speaks of the tables. */
export const COMPONENT = 'tables';

export interface RecordedVersion {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly appliedAt: number;
}

/** What `schema_version` says, by primary key; undefined where it says nothing or is not there. */
export async function readVersion(
  runner: StatementRunner,
  schema: string,
): Promise<RecordedVersion | undefined> {
  const [row] = await rowsIfThere(
    runner,
    `SELECT version, applied_at FROM ${qualified(schema, 'schema_version')}` +
      ` WHERE component = ${quoteText(COMPONENT)}`,
  );
  const version = Number(field(row, 'version') ?? 0);
  // 0 is what stands between the two statements of `recordVersion`.
  if (version === 0) return undefined;
  return { version, appliedAt: Number(field(row, 'applied_at')) };
}

/** The statements that record a version, which is never lowered. */
export function recordVersion(version: number, target: ResolvedTarget): string[] {
  const table = qualified(target.schema, 'schema_version');
  const key = quoteText(COMPONENT);
  const higher = (then: string, column: string) =>
    `${column} = CASE WHEN version < ${String(version)} THEN ${then} ELSE ${column} END`;
  return [
    `INSERT INTO ${table} (component, version, applied_at) VALUES (${key}, 0, 0)` +
      ' ON CONFLICT (component) DO NOTHING',
    `UPDATE ${table} SET ${higher(clock(target.engine), 'applied_at')},` +
      ` ${higher(String(version), 'version')} WHERE component = ${key}`,
  ];
}

/** The database's clock, in ms since the epoch: all who share it share one clock. */
export function clock(engine: ResolvedTarget['engine']): string {
  return engine === 'cratedb'
    ? 'CURRENT_TIMESTAMP::bigint'
    : '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
}

const RELATION_UNKNOWN = new Set(['42P01', '3F000']);

/** The rows of a query, none where its table is not there. */
export async function rowsIfThere(
  runner: StatementRunner,
  statement: string,
): Promise<readonly unknown[]> {
  try {
    const { rows } = await whenReady(() => runner.execute(statement), isNotReady);
    return rows;
  } catch (error) {
    for (const { sqlState } of causes(error)) {
      if (typeof sqlState === 'string' && RELATION_UNKNOWN.has(sqlState)) return [];
    }
    throw error;
  }
}
