import { setTimeout as sleep } from 'node:timers/promises';

import type { Kysely } from 'kysely';

import { causes, missingPrivilege, SchemaPrivilegeError } from './errors.js';
import { renderCrate } from './render/cratedb.js';
import { renderPostgres } from './render/postgres.js';
import { qualified, quoteText } from './render/table.js';
import { runnerOf, type StatementRunner } from './runner.js';
import { SCHEMA_VERSION, tableNames } from './schema/index.js';

export interface ProvisionOptions {
  readonly engine: 'cratedb' | 'postgres';
  /** Where the tables go. Default: `mlflow`. */
  readonly schema?: string | undefined;
  /** CrateDB: primary shards of every table, instead of each table's own number. */
  readonly shards?: number | undefined;
  /** CrateDB: `number_of_replicas` of every table. Default: `0-1`. */
  readonly replicas?: number | string | undefined;
}

/** The row of `schema_version` that speaks of the tables. */
const COMPONENT = 'tables';
const ATTEMPTS = 5;
const SHARDS_TIMEOUT_MS = 30_000;

/**
 * Makes the tables that are not there yet, and records {@link SCHEMA_VERSION}.
 *
 * May be called at every start, by any number of servers at once: when everything is there it costs
 * two small reads, and a schema that somebody left half made is completed. Tables that are there
 * stay as they are. Resolves when all of them can be read and written.
 *
 * @param db A Kysely over the database, or anything that executes a statement.
 * @throws SchemaPrivilegeError when the user may not create tables.
 */
export async function provision<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: ProvisionOptions,
): Promise<void> {
  const { engine, schema = 'mlflow' } = options;
  const runner = runnerOf(db as Kysely<never> | StatementRunner);
  try {
    if (await isComplete(runner, schema)) return;
    const statements =
      engine === 'cratedb' ? renderCrate({ ...options, schema }) : renderPostgres({ schema });
    for (const statement of statements) await create(runner, statement);
    if (engine === 'cratedb') await untilReadable(runner, schema);
    // Last: whoever finds the version may rely on every table.
    await recordVersion(runner, schema);
  } catch (error) {
    const privilege = missingPrivilege(error, engine);
    if (privilege === undefined) throw error;
    throw new SchemaPrivilegeError(privilege, schema, error);
  }
}

async function isComplete(runner: StatementRunner, schema: string): Promise<boolean> {
  const { rows } = await runner.execute(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = ${quoteText(schema)}`,
  );
  const present = new Set(rows.map((row) => field(row, 'table_name')));
  if (!tableNames.every((name) => present.has(name))) return false;
  const version = await runner.execute(
    `SELECT version FROM ${qualified(schema, 'schema_version')}` +
      ` WHERE component = ${quoteText(COMPONENT)}`,
  );
  // A higher one was recorded by a later program, which adds and takes nothing away.
  return Number(field(version.rows[0], 'version') ?? 0) >= SCHEMA_VERSION;
}

/**
 * `IF NOT EXISTS` looks and then makes: on PostgreSQL two who do so at once may collide on the
 * catalog's own unique keys (23505) or the name (42P07). CrateDB was never seen to.
 */
async function create(runner: StatementRunner, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await runner.execute(statement);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !isCollision(error)) throw error;
    }
  }
}

function isCollision(error: unknown): boolean {
  for (const { sqlState } of causes(error)) {
    if (sqlState === '23505' || sqlState === '42P07') return true;
  }
  return false;
}

/**
 * CREATE TABLE waits for the shards, but not so for the one who comes second: it is told at once
 * that the table exists, and a read then fails while its shards are `RECOVERING`. An ordinary user
 * may not read sys.shards, so each table is asked itself.
 */
async function untilReadable(runner: StatementRunner, schema: string): Promise<void> {
  const deadline = Date.now() + SHARDS_TIMEOUT_MS;
  for (const name of tableNames) {
    for (;;) {
      try {
        await runner.execute(`SELECT 1 AS one FROM ${qualified(schema, name)} LIMIT 1`);
        break;
      } catch (error) {
        if (Date.now() > deadline || missingPrivilege(error, 'cratedb') !== undefined) throw error;
        await sleep(50);
      }
    }
  }
}

async function recordVersion(runner: StatementRunner, schema: string): Promise<void> {
  await runner.execute(
    `INSERT INTO ${qualified(schema, 'schema_version')} (component, version, applied_at)` +
      ` VALUES (${quoteText(COMPONENT)}, ${String(SCHEMA_VERSION)}, ${String(Date.now())})` +
      ' ON CONFLICT (component) DO UPDATE SET' +
      ' version = excluded.version, applied_at = excluded.applied_at',
  );
}

function field(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null
    ? (row as Record<string, unknown>)[name]
    : undefined;
}
