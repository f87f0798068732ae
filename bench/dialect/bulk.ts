import { insertMany } from 'mlflow-cratedb/dialect';

import type { Databases, Reading } from './connect.ts';
import type { Table } from './table.ts';

const ROWS = 100_000;
const CHUNK = 1000;
/** PostgreSQL's protocol has 65,535 parameters a statement at most; these have 4,000. */
const VALUES_CHUNK = 1000;
const UNDER_WAY = 2;

function* rows(): Generator<Reading> {
  for (let index = 0; index < ROWS; index += 1) {
    yield {
      id: `b${String(index)}`,
      sensor: `s${String(index % 10)}`,
      at: new Date(1_700_000_000_000 + index),
      value: index / 7,
    };
  }
}

function* chunks(size: number): Generator<Reading[]> {
  let chunk: Reading[] = [];
  for (const row of rows()) {
    chunk.push(row);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
}

/** All with two statements under way, as insertMany has by default. */
export async function measureBulk({ url, httpUrl, pool, crate, http, fresh }: Databases): Promise<Table> {
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    'hand-written `pg`, UNNEST': () =>
      twoAtOnce(chunks(CHUNK), (chunk) =>
        pool.query({
          name: 'bulk',
          text: `insert into bench_dialect.readings (id, sensor, at, value) (select * from unnest(
            $1::text[], $2::text[], $3::timestamp with time zone[], $4::double precision[]) n(a, b, c, d))`,
          values: [
            chunk.map(({ id }) => id),
            chunk.map(({ sensor }) => sensor),
            chunk.map(({ at }) => at),
            chunk.map(({ value }) => value),
          ],
        }),
      ),
    'hand-written `pg`, VALUES': () =>
      twoAtOnce(chunks(VALUES_CHUNK), (chunk) =>
        pool.query({
          name: 'values',
          text: `insert into bench_dialect.readings (id, sensor, at, value) values ${chunk
            .map((_, n) => `($${4 * n + 1}, $${4 * n + 2}, $${4 * n + 3}, $${4 * n + 4})`)
            .join(', ')}`,
          values: chunk.flatMap(({ id, sensor, at, value }) => [id, sensor, at, value]),
        }),
      ),
    'HTTP `bulk_args`, by fetch': async () => {
      const { host } = new URL(httpUrl);
      await twoAtOnce(chunks(CHUNK), async (chunk) => {
        const answer = await fetch(`http://${host}/_sql`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({
            stmt: 'insert into bench_dialect.readings (id, sensor, at, value) values (?, ?, ?, ?)',
            bulk_args: chunk.map(({ id, sensor, at, value }) => [id, sensor, at.getTime(), value]),
          }),
        });
        if (!answer.ok) throw new Error(`HTTP ${String(answer.status)}`);
        await answer.json();
      });
    },
    '`insertMany`': () => insertMany(crate, 'readings', rows()),
    '`insertMany`, HTTP': () => insertMany(http, 'readings', rows()),
  };
  const rates: [string, number][] = [];
  for (const [name, way] of Object.entries(ways)) {
    const seconds: number[] = [];
    // The first warms up.
    for (let turn = 0; turn < 3; turn += 1) {
      await fresh();
      const start = performance.now();
      await way();
      if (turn > 0) seconds.push((performance.now() - start) / 1000);
    }
    const { rows: counted } = await pool.query(
      'refresh table bench_dialect.readings',
    ).then(() => pool.query<{ n: string }>('select count(*) as n from bench_dialect.readings'));
    if (Number(counted[0]?.n) !== ROWS) throw new Error(`${name} at ${url}: rows are missing`);
    rates.push([name, ROWS / Math.min(...seconds)]);
  }
  const base = rates[0]?.[1] ?? Number.NaN;
  return [
    ['way', 'rows a second', 'of hand-written UNNEST'],
    ...rates.map(([name, rate]) => [
      name,
      Math.round(rate).toLocaleString('en-US'),
      `${(rate / base).toFixed(2)} ×`,
    ]),
  ];
}

async function twoAtOnce<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: UNDER_WAY }, async () => {
      for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
        await work(next.value);
      }
    }),
  );
}
