/** Reads numbers and names from the database, and prints what it took. Called by stream.ts. */
import { CrateDialect } from 'mlflow-cratedb/dialect';
import { Kysely, sql } from 'kysely';

const [way = 'stream', url = '', rows = '0'] = process.argv.slice(2);
interface Row {
  readonly i: number;
}
const db = new Kysely<Record<string, Row>>({ dialect: new CrateDialect({ url }) });
const query = (count: number) =>
  db
    .selectFrom(sql<Row>`generate_series(1, ${sql.lit(count)})`.as<'s'>(sql`s(i)`))
    .select([sql<number>`i`.as('i'), sql<string>`'name ' || i`.as('name'), sql<Date>`i::timestamp`.as('at')]);

/** The peak since the process began, as the operating system counts it. */
const peakMb = () => Math.round(process.resourceUsage().maxRSS / 1024);

await query(1).execute();
const idleMb = peakMb();
const start = performance.now();
let count = 0;
if (way === 'execute') {
  count = (await query(Number(rows)).execute()).length;
} else {
  for await (const row of query(Number(rows)).stream(way === 'stream' ? 1000 : 10_000)) {
    count += 1;
    if (row.i !== count) throw new Error(`row ${String(count)} is missing`);
  }
}
console.log(
  JSON.stringify({ count, seconds: (performance.now() - start) / 1000, peakMb: peakMb(), idleMb }),
);
await db.destroy();
