import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Only so that the augmentation below finds its module.
import type {} from 'vitest';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

import { readCalls } from './calls.js';
import { renderCoverage } from './page.js';
import { stockClientTests } from './sources.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the servers of the tests note what the stock client calls, if anywhere. */
    clientCalls: string | undefined;
  }
}

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'docs/coverage.md';

/**
 * Holds docs/coverage.md against what the stock client called in this run, or writes it, when
 * `WRITE_COVERAGE` is set. A run in which not all tests with the stock client passed says nothing
 * about the page.
 */
export default class CoverageReporter implements Reporter {
  #folder = '';

  onInit(vitest: Vitest): void {
    this.#folder = mkdtempSync(join(tmpdir(), 'mlflow-client-calls-'));
    process.once('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
    vitest.provide('clientCalls', this.#folder);
  }

  /** At once, so that the reporter that ends the run comes after it. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sources = stockClientTests(ROOT);
    const ran = modules.filter(({ relativeModuleId }) => sources.includes(relativeModuleId));
    const isWriting = process.env['WRITE_COVERAGE'] !== undefined;
    if (ran.length === 0 && !isWriting) return;
    const missing = sources.filter(
      (source) => !ran.some((module) => module.relativeModuleId === source && ranWhole(module)),
    );
    if (missing.length > 0) {
      console.log(`${PAGE}: not compared, these did not run whole: ${missing.join(', ')}`);
      if (isWriting) process.exitCode = 1;
      return;
    }
    const { page, problems } = renderCoverage(readCalls(this.#folder));
    const path = join(ROOT, PAGE);
    if (isWriting) writeFileSync(path, page);
    const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const found = differences(committed, page);
    for (const problem of [...problems, ...found]) console.error(`failed: ${PAGE}: ${problem}`);
    if (problems.length + found.length > 0) process.exitCode = 1;
    else console.log(`${PAGE}: as this run has shown`);
  }
}

/** All passed, and none was skipped, for want of Python or of CrateDB. */
function ranWhole(module: TestModule): boolean {
  if (module.state() !== 'passed') return false;
  return [...module.children.allTests()].every((test) => test.result().state === 'passed');
}

/** Line by line, as far as it helps. */
export function differences(committed: string, shown: string): readonly string[] {
  const [before, after] = [committed.split('\n'), shown.split('\n')];
  const [old, now] = [new Set(before), new Set(after)];
  const found = [
    ...before.filter((line) => !now.has(line)).map((line) => `not shown by this run: ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `shown, and not there: ${line}`),
  ];
  if (found.length > 0 || committed === shown) return found;
  return ['its lines are in another order; `npm run docs:coverage` writes it'];
}
