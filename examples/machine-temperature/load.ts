import { readFile } from 'node:fs/promises';

import { type Kysely, sql } from 'kysely';
import type { DB } from 'mlflow-cratedb';
import { unnest } from 'mlflow-cratedb/dialect';

/** Our own table beside MLflow's, in the same typed database. */
interface MachineReading {
  measured_at: Date;
  /** Degrees Fahrenheit. */
  value: number;
}

export type Database = ReturnType<typeof withMachineData>;

export function withMachineData(db: Kysely<DB>) {
  return db.$extendTables<{ machine_data: MachineReading }>();
}

export interface Reading {
  readonly measuredAt: Date;
  readonly value: number;
}

/** The mean of the readings of five minutes. */
export interface Bin {
  /** ms since the epoch: where the five minutes begin. */
  readonly time: number;
  readonly value: number;
}

const ROWS_A_STATEMENT = 5_000;

/** @param source Path or URL of a CSV with the columns `timestamp,value`. */
export async function readReadings(source: string): Promise<Reading[]> {
  const [header, ...lines] = (await readText(source)).trim().split(/\r?\n/);
  if (header !== 'timestamp,value') {
    throw new Error(`${source} does not begin with the columns timestamp,value`);
  }
  return lines.map((line, index) => {
    const [timestamp = '', value = ''] = line.split(',');
    const time = new Date(`${timestamp.replace(' ', 'T')}Z`);
    if (Number.isNaN(time.getTime()) || value === '' || !Number.isFinite(Number(value))) {
      throw new Error(`${source}, line ${index + 2}: not a reading: ${line}`);
    }
    return { measuredAt: time, value: Number(value) };
  });
}

async function readText(source: string): Promise<string> {
  if (!/^https?:/.test(source)) return readFile(source, 'utf8');
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source} answered ${response.status}`);
  return response.text();
}

/**
 * Makes the table and fills it: a whole column is one parameter, so 5,000 rows are one statement.
 * Rows that are there already stay, so that the example may run again. The logger's clock was once
 * set back by an hour: twelve times stand twice, and the value belongs to the key.
 */
export async function loadReadings(db: Database, readings: readonly Reading[]): Promise<void> {
  await db.schema
    .createTable('machine_data')
    .ifNotExists()
    .addColumn('measured_at', 'timestamptz', (column) => column.notNull())
    .addColumn('value', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('machine_data_pkey', ['measured_at', 'value'])
    .execute();
  for (let start = 0; start < readings.length; start += ROWS_A_STATEMENT) {
    const rows = readings.slice(start, start + ROWS_A_STATEMENT);
    await db
      .insertInto('machine_data')
      .columns(['measured_at', 'value'])
      .expression(
        db
          .selectFrom(
            unnest('reading', {
              measured_at: {
                type: 'timestamp with time zone',
                values: rows.map((row) => row.measuredAt),
              },
              value: { type: 'double precision', values: rows.map((row) => row.value) },
            }),
          )
          .select(['reading.measured_at', 'reading.value']),
      )
      .onConflict((conflict) => conflict.columns(['measured_at', 'value']).doNothing())
      .execute();
  }
}

/** The readings in bins of five minutes, ascending: plain SQL, the same on both databases. */
export async function readBins(db: Database): Promise<Bin[]> {
  const bin = sql<Date>`date_bin(
    CAST('5 minutes' AS interval), measured_at, CAST('1970-01-01T00:00:00Z' AS timestamptz))`;
  const rows = await db
    .selectFrom('machine_data')
    .select((eb) => [bin.as('bin'), eb.fn.avg<number>('value').as('value')])
    .groupBy(bin)
    .orderBy(bin)
    .execute();
  return rows.map((row) => ({ time: row.bin.getTime(), value: row.value }));
}
