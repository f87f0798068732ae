/**
 * What an import takes: the figures of docs/import.md.
 *
 *     npm run build
 *     MLFLOW_TEST_PYTHON=<a Python with mlflow> node bench/import/main.ts [runs] [points of each]
 *
 * The source is a SQLite database that the stock client fills. Each import is a process of its own, as
 * a user would start it, into CrateDB (where one is found) and into an embedded folder.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findCrate } from 'mlflow-cratedb/testing';

import { crateEngine, embeddedEngine } from '../engines.ts';
import { MAIN } from '../server-process.ts';

const run = promisify(execFile);
const [runs = '500', points = '200'] = process.argv.slice(2);

const folder = await mkdtemp(join(tmpdir(), 'mlflow-cratedb-bench-import-'));
const source = `sqlite:///${join(folder, 'mlflow.db')}`;
const crate = await findCrate();
try {
  const python = process.env['MLFLOW_TEST_PYTHON'] ?? 'python3';
  const filling = join(import.meta.dirname, 'fill.py');
  const filled = await seconds(() => run(python, [filling, source, runs, points], { cwd: folder }));
  console.log(`${runs} runs of ${points} points, filled in ${filled} s`);
  const engines = [...(crate === undefined ? [] : [await crateEngine(crate.url)]), await embeddedEngine()];
  for (const engine of engines) {
    try {
      const { uri } = await engine.fresh();
      const first = await seconds(() => importInto(uri));
      const again = await seconds(() => importInto(uri));
      console.log(`${engine.title}: ${first} s, again ${again} s`);
    } finally {
      await engine.clean();
    }
  }
} finally {
  await crate?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function importInto(uri: string): Promise<void> {
  const from = ['import', '--from', source, '--backend-store-uri', uri, '--json'];
  await run(process.execPath, [MAIN, ...from], { maxBuffer: 64 * 1_024 * 1_024 });
}

async function seconds(work: () => Promise<unknown>): Promise<string> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) / 1_000).toFixed(1);
}
