/**
 * What the dialect costs over hand-written `pg`, on CrateDB: single statements, bulk inserts, and a
 * stream of five million rows with the memory that it takes.
 *
 *     npm run bench:dialect -- [--crate <url>] [--rounds 40] [--stream-rows 5000000] [--write]
 *
 * `--write` keeps the figures in bench/dialect/results.md. It makes and drops the schema
 * `bench_dialect`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { findCrate } from 'mlflow-cratedb/testing';

import { environment } from '../report.ts';
import { measureBulk } from './bulk.ts';
import { withTables } from './connect.ts';
import { measureSingle } from './single.ts';
import { measureStream } from './stream.ts';
import { table } from './table.ts';

const ABOUT = `Written by \`npm run bench:dialect -- --write\`. Median of rounds in which the contenders take
turns, on one machine with the database; × is over hand-written \`pg\` in the same run, whose
statements are prepared under a name as the dialect's are. Read ratios, not milliseconds.`;

const { values: options } = parseArgs({
  options: {
    crate: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    'stream-rows': { type: 'string', default: '5000000' },
    write: { type: 'boolean', default: false },
  },
});
const found = options.crate === undefined ? await findCrate() : undefined;
const url = options.crate ?? found?.url;
if (url === undefined) throw new Error('No CrateDB: give --crate <url>');

try {
  const rounds = Number(options.rounds);
  const sections = await withTables(url, async (databases) => [
    '## One statement\n',
    table(await measureSingle(databases, rounds)),
    '\n## Bulk inserts: 100,000 rows of four columns\n',
    table(await measureBulk(databases)),
    '\n## Streaming\n',
    table(measureStream(databases, Number(options['stream-rows']))),
  ]);
  const about = Object.entries(environment())
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
  const text = `# The dialect's overhead\n\n${ABOUT}\n\n${about}\n\n${sections.join('\n')}\n`;
  console.log(text);
  if (options.write) await writeFile(`${import.meta.dirname}/results.md`, text);
} finally {
  await found?.stop();
}
