/**
 * What the number of shards costs and gives: the figures of docs/storage.md.
 *
 *     npm run build
 *     CRATEDB_URL=crate://crate@localhost:5432/ node bench/shards.ts
 *
 * Makes and drops the schemas bench_shards_<shards>_<round>.
 */
import { randomUUID } from 'node:crypto';

import { provision, renderDrop, tableNames } from 'mlflow-cratedb/ddl';
import { findCrate } from 'mlflow-cratedb/testing';
import pg from 'pg';

const SHARDS = [1, 4, 6];
const RUNS = 100;
const BATCHES = 200;
const ROWS = 1_000;
const CONNECTIONS = 4;
const READS = 200;
/** What a search of runs refreshes and reads. */
const RUN_TABLES = ['runs', 'tags', 'params', 'latest_metrics', 'experiments'];

const crate = await findCrate();
if (crate === undefined) throw new Error('No CrateDB found');
const { hostname: host, port, username: user, password } = new URL(crate.url);
const pool = new pg.Pool({ host, port: Number(port), user, password, max: CONNECTIONS });

// The first round warms the server up; the orders alternate, so that none is always the last.
await measure(1, 0);
for (const round of [1, 2]) {
  const results: Record<string, Record<string, string>> = {};
  for (const shards of round === 1 ? SHARDS : SHARDS.toReversed()) {
    results[`${shards} shards`] = await measure(shards, round);
  }
  console.table(results);
}
await pool.end();
await crate.stop();

async function measure(shards: number, round: number): Promise<Record<string, string>> {
  // A name of its own each time: a prepared statement does not outlive its table.
  const schema = `bench_shards_${shards}_${round}`;
  const drop = async () => {
    for (const statement of renderDrop({ schema })) await pool.query(statement);
  };
  await drop();
  const provisioning = await ms(() =>
    provision(
      { execute: async (statement) => pool.query(statement) },
      { engine: 'cratedb', schema, shards },
    ),
  );

  const runs = Array.from({ length: RUNS }, () => randomUUID().replaceAll('-', ''));
  let batch = 0;
  const writer = async () => {
    while (batch < BATCHES) {
      const step = batch++;
      await insertBatch(schema, runs[step % RUNS]!, step);
    }
  };
  const writing = await ms(() => Promise.all(Array.from({ length: CONNECTIONS }, writer)));

  await pool.query(`REFRESH TABLE "${schema}"."metrics"`);
  const byRun = await p50(async (i) => {
    await pool.query({
      name: `${schema}_by_run`,
      text: `SELECT step, value FROM "${schema}"."metrics"
             WHERE run_uuid = $1 AND key = $2 ORDER BY timestamp, step LIMIT 100`,
      values: [runs[i % RUNS], `key${i % 10}`],
    });
  });
  const acrossRuns = await p50(async (i) => {
    await pool.query({
      name: `${schema}_across`,
      text: `SELECT run_uuid, max(value) FROM "${schema}"."metrics"
             WHERE key = $1 GROUP BY run_uuid LIMIT 100`,
      values: [`key${i % 10}`],
    });
  });

  const tables = RUN_TABLES.map((name) => `"${schema}"."${name}"`).join(', ');
  const cleanRefresh = await p50(async () => {
    await pool.query(`REFRESH TABLE ${tables}`);
  });
  const writeAndRefresh = await p50(async (i) => {
    await insertBatch(schema, runs[i % RUNS]!, BATCHES + i, 1);
    await pool.query(`REFRESH TABLE "${schema}"."metrics"`);
  });

  await drop();
  return {
    [`make ${tableNames.length} tables`]: `${(provisioning / 1_000).toFixed(1)} s`,
    'rows/s': ((BATCHES * ROWS * 1_000) / writing).toFixed(0),
    'by run': byRun,
    'across runs': acrossRuns,
    'refresh 5 clean': cleanRefresh,
    'insert 1 + refresh': writeAndRefresh,
  };
}

async function insertBatch(schema: string, run: string, step: number, rows = ROWS) {
  const numbers = Array.from({ length: rows }, (_, i) => i);
  await pool.query({
    name: `${schema}_insert`,
    text: `INSERT INTO "${schema}"."metrics" (run_uuid, key, timestamp, step, value, is_nan)
           (SELECT $1::text, k, t, s, v, false
            FROM UNNEST($2::text[], $3::bigint[], $4::bigint[], $5::double precision[])
            AS u (k, t, s, v)) ON CONFLICT DO NOTHING`,
    values: [
      run,
      numbers.map((i) => `key${i % 10}`),
      numbers.map((i) => 1_700_000_000_000 + step * ROWS + i),
      numbers.map((i) => step * ROWS + i),
      numbers.map((i) => Math.sin(i)),
    ],
  });
}

async function ms(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function p50(work: (i: number) => Promise<void>): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < READS; i++) times.push(await ms(() => work(i)));
  times.sort((a, b) => a - b);
  return `${times[READS / 2]!.toFixed(1)} ms`;
}
