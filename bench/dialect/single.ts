import { type Parameters, prepare, unnest } from 'mlflow-cratedb/dialect';
import { sql } from 'kysely';

import { median } from '../measure.ts';
import type { Databases, Reading } from './connect.ts';
import type { Table } from './table.ts';

const ROWS = 1000;
/** Calls in one turn: the first ones after another contender's turn are slower for everybody. */
const READS = 500;

type Work = () => Promise<unknown>;
type Contenders = Readonly<Record<string, Work>>;

let made = 0;
const makeRows = (): Reading[] =>
  Array.from({ length: ROWS }, (_, index) => ({
    id: `r${String((made += 1))}`,
    sensor: `s${String(index % 10)}`,
    at: new Date(1_700_000_000_000 + index),
    value: index / 7,
  }));

export async function measureSingle(databases: Databases, rounds: number): Promise<Table> {
  const reads = await race(readContenders(databases), rounds, READS);
  const inserts = await race(insertContenders(databases), 2 * rounds, 1);
  const line = (name: string, [first, ...others]: readonly Raced[]) => {
    const base = first?.ms ?? Number.NaN;
    return [name, base, ...others.map(({ ms }) => ms)].map((cell, index) =>
      typeof cell === 'string'
        ? cell
        : index < 2
          ? `${cell.toFixed(3)} ms`
          : `${cell.toFixed(3)} ms (${(cell / base).toFixed(2)} ×)`,
    );
  };
  return [
    ['work', 'hand-written `pg`', '`prepare()`', 'query builder', "Kysely's PostgresDialect", 'query builder, HTTP'],
    line('read of one row by primary key', reads),
    line('insert of 1,000 rows by UNNEST', inserts),
  ];
}

interface Raced {
  readonly name: string;
  readonly ms: number;
}

function readContenders({ pool, crate, http, postgres }: Databases): Contenders {
  const text = 'select id, sensor, at, value from bench_dialect.readings where id = $1';
  const prepared = prepare(crate, (value: Parameters<{ id: string }>) =>
    crate.selectFrom('readings').select(['id', 'sensor', 'at', 'value']).where('id', '=', value('id')),
  );
  const built = (db: typeof crate, from: 'readings' | 'bench_dialect.readings') => () =>
    db.selectFrom(from).select(['id', 'sensor', 'at', 'value']).where('id', '=', 'r1').execute();
  return {
    pg: () => pool.query({ name: 'read', text, values: ['r1'] }),
    prepare: () => prepared.execute({ id: 'r1' }),
    builder: built(crate, 'readings'),
    postgres: built(postgres, 'bench_dialect.readings'),
    http: built(http, 'readings'),
  };
}

function insertContenders({ pool, crate, http, postgres }: Databases): Contenders {
  const text = `insert into bench_dialect.readings (id, sensor, at, value) (select * from
    unnest($1::text[], $2::text[], $3::timestamp with time zone[], $4::double precision[]) n(a, b, c, d))`;
  const columns = (rows: readonly Reading[]) => ({
    id: rows.map(({ id }) => id),
    sensor: rows.map(({ sensor }) => sensor),
    at: rows.map(({ at }) => at),
    value: rows.map(({ value }) => value),
  });
  const prepared = prepare(
    crate,
    (value: Parameters<{ id: string[]; sensor: string[]; at: Date[]; value: number[] }>) =>
      crate
        .insertInto('readings')
        .columns(['id', 'sensor', 'at', 'value'])
        .expression(
          crate
            .selectFrom(
              sql<Reading>`unnest(${value('id')}::text[], ${value('sensor')}::text[],
                ${value('at')}::timestamp with time zone[], ${value('value')}::double precision[])`.as<'n'>(
                sql`n(id, sensor, at, value)`,
              ),
            )
            .select(['n.id', 'n.sensor', 'n.at', 'n.value']),
        ),
  );
  const built = (db: typeof crate, into: 'readings' | 'bench_dialect.readings') => () => {
    const { id, sensor, at, value } = columns(makeRows());
    const source = unnest('n', {
      id: { type: 'text', values: id },
      sensor: { type: 'text', values: sensor },
      at: { type: 'timestamp with time zone', values: at },
      value: { type: 'double precision', values: value },
    });
    return db
      .insertInto(into)
      .columns(['id', 'sensor', 'at', 'value'])
      .expression(db.selectFrom(source).select(['n.id', 'n.sensor', 'n.at', 'n.value']))
      .execute();
  };
  return {
    pg: () => pool.query({ name: 'insert', text, values: Object.values(columns(makeRows())) }),
    prepare: () => prepared.execute(columns(makeRows())),
    builder: built(crate, 'readings'),
    postgres: built(postgres, 'bench_dialect.readings'),
    http: built(http, 'readings'),
  };
}

/** They take turns, each round beginning with another one. The first quarter doesn't count. */
async function race(contenders: Contenders, rounds: number, calls: number): Promise<Raced[]> {
  const racers = Object.entries(contenders).map(([name, work]) => ({
    name,
    work,
    times: [] as number[],
  }));
  const warmUp = Math.ceil(rounds / 4);
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (let turn = 0; turn < racers.length; turn += 1) {
      const racer = racers[(round + turn) % racers.length]!;
      const start = performance.now();
      for (let call = 0; call < calls; call += 1) await racer.work();
      if (round >= warmUp) racer.times.push((performance.now() - start) / calls);
    }
  }
  return racers.map(({ name, times }) => ({ name, ms: median(times) }));
}
