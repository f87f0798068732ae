/**
 * What the store and the server cost over the same work by hand-written statements.
 *
 *     npm run bench -- [--crate <url>] [--embedded] [--rounds 15] [--only <text>] [--write]
 *
 * Without an engine: embedded, and the CrateDB that CRATEDB_URL names or localhost has. `--only`
 * takes the cases whose name has the text (also `retry`, `start-up`). `--write` keeps the figures
 * in bench/results.md and results.json. On CrateDB it makes and drops schemas of its own.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { findCrate } from 'mlflow-cratedb/testing';

import { CASES } from './cases.ts';
import { crateEngine, embeddedEngine, type Engine } from './engines.ts';
import { measureCase } from './measure.ts';
import { type EngineReport, environment, renderReport } from './report.ts';
import { measureRetry } from './retry.ts';
import { measureStartUp } from './start-up.ts';

const ABOUT_FIGURES = `Median ms a call, the contenders taking turns in one run of
\`npm run bench -- --write\`: the same work by hand-written statements, by the store in the same
process, and over HTTP, server and client being processes on the machine of the database.
× and + ms are over the hand-written work, aims in brackets; statements are those of one call, as the
store sends them and by hand. Read ratios, not milliseconds.`;

const { values: options } = parseArgs({
  options: {
    crate: { type: 'string' },
    embedded: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const chosen = (name: string) => name.includes(options.only);

const everything = options.crate === undefined && !options.embedded;
const found = everything ? await findCrate() : undefined;
const crateUrl = options.crate ?? found?.url;
const reports: EngineReport[] = [];
try {
  if (crateUrl !== undefined) reports.push(await measureEngine(await crateEngine(crateUrl)));
  if (options.embedded || everything) reports.push(await measureEngine(await embeddedEngine()));
} finally {
  await found?.stop();
}

const about = environment();
const aboutLine = Object.entries(about)
  .map(([name, value]) => `${name} ${value}`)
  .join(' · ');
const text = reports.map(renderReport).join('\n\n');
console.log(`\n${aboutLine}\n\n${text}`);
if (options.write) {
  const folder = import.meta.dirname;
  const markdown = `# Benchmark\n\n${ABOUT_FIGURES}\n\n${aboutLine}\n\n${text}\n`;
  await writeFile(`${folder}/results.md`, markdown);
  await writeFile(`${folder}/results.json`, `${JSON.stringify({ about, reports }, null, 2)}\n`);
}

async function measureEngine(engine: Engine): Promise<EngineReport> {
  progress(engine.title);
  try {
    const startUp = chosen('start-up')
      ? await measureStartUp((await engine.fresh()).uri)
      : undefined;
    const cases = await measureCases(engine);
    const retry = chosen('retry')
      ? await measureRetry(await engine.fresh(), await engine.fresh())
      : undefined;
    return { title: engine.title, cases, retry, startUp };
  } finally {
    await engine.clean();
  }
}

async function measureCases(engine: Engine): Promise<EngineReport['cases']> {
  const cases = CASES.filter(({ name }) => chosen(name));
  if (cases.length === 0) return [];
  const contenders = await engine.contenders();
  const measured = [];
  try {
    for (const one of cases) {
      progress(one.name);
      measured.push({ case: one, result: await measureCase(contenders, one, { rounds }) });
    }
  } finally {
    for (const contender of contenders) await contender.close();
  }
  return measured;
}

/** On standard error, so that the report can be piped. */
function progress(line: string): void {
  process.stderr.write(`${line} …\n`);
}
