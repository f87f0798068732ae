import type { CrateUrlConfig, PgPool } from './config.js';
import { CrateError } from './errors/index.js';
import { parseCrateUrl } from './url.js';

/** A pool of `pg`, which is loaded here and nowhere else. */
export async function openPool(config: CrateUrlConfig, schema: string): Promise<PgPool> {
  const url = parseCrateUrl(config.url);
  const { Pool } = await loadPg();
  const pool = new Pool({
    host: url.host,
    port: url.port,
    user: url.user,
    // Explicit: what is undefined, pg would take from PGPASSWORD and PGDATABASE.
    password: url.password ?? '',
    database: url.database ?? url.user,
    ssl: url.ssl,
    max: config.max ?? 10,
    keepAlive: true,
    application_name: 'mlflow-cratedb',
    ...(url.connectTimeoutMs !== undefined && { connectionTimeoutMillis: url.connectTimeoutMs }),
    // So that names in raw SQL, which the compiler can't qualify, belong to the schema as well.
    ...(/^\w+$/.test(schema) && { options: `-c search_path=${schema}` }),
  });
  // An idle connection that breaks is replaced when it is needed; unheard, it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

async function loadPg(): Promise<typeof import('pg')> {
  try {
    const module = await import('pg');
    return module.default as unknown as typeof import('pg');
  } catch (error) {
    throw new CrateError("The package 'pg' is needed to connect to CrateDB: npm install pg", {
      cause: error,
    });
  }
}
