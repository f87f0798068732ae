import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Calls } from './calls.js';
import { renderCoverage } from './page.js';
import { differences } from './reporter.js';
import { stockClientTests } from './sources.js';

function calls(onCrate: readonly string[], onEmbedded: readonly string[] = []): Calls {
  return { CrateDB: new Set(onCrate), embedded: new Set(onEmbedded) };
}

describe('the table of coverage', () => {
  it('has an endpoint as called where any of its paths was', () => {
    const { page } = renderCoverage(
      calls(['GET /api/2.0/mlflow/runs/get', 'GET /ajax-api/2.0/mlflow/experiments/get']),
    );
    const lines = page.split('\n');
    expect(lines).toContain('| `GET /api/2.0/mlflow/runs/get` | yes | yes | - |  |');
    expect(lines).toContain('| `GET /api/2.0/mlflow/experiments/get` | yes | yes | - |  |');
    expect(lines).toContain('| `POST /api/2.0/mlflow/runs/create` | yes | - | - |  |');
    expect(lines).toContain('| `get_run` | `getRun` | yes | yes | - |');
  });

  it('has a method as called where all that it takes was', () => {
    const models = 'POST /api/2.0/mlflow/registered-models/create';
    const versions = 'POST /api/2.0/mlflow/model-versions/create';
    const { page } = renderCoverage(calls([models, versions], [versions]));
    expect(page).toContain(
      '| `copy_model_version` | the client, by `createRegisteredModel`, `createModelVersion` | yes | yes | - |',
    );
    expect(page).toContain('| `create_model_version` | `createModelVersion` | yes | yes | yes |');
    expect(page).toMatch(/^\| `flush_async_logging` \| of the client's queue \| {2}\| {2}\| {2}\|$/m);
  });

  it('finds what is served, and neither called nor explained, and what is explained in vain', () => {
    const run = 'GET /api/2.0/mlflow/runs/get';
    expect(renderCoverage(calls([run], [run])).problems).not.toContainEqual(
      expect.stringContaining(`${run} `),
    );
    expect(renderCoverage(calls([run])).problems).toContain(
      `${run} is served, and neither called nor listed in NOT_CALLED`,
    );
    const health = 'GET /health';
    expect(renderCoverage(calls([health], [health])).problems).toContain(
      `${health} is listed in NOT_CALLED, but it is called, or not served`,
    );
  });

  it('fails on a line that the run has not shown', () => {
    const claimed = '| `getRun` | yes | yes | yes |';
    const shown = '| `getRun` | yes | yes | - |';
    expect(differences(`a\n${claimed}\n`, `a\n${shown}\n`)).toEqual([
      `not shown by this run: ${claimed}`,
      `shown, and not there: ${shown}`,
    ]);
    expect(differences('a\nb\n', 'b\na\n')).toHaveLength(1);
    expect(differences('a\n', 'a\n')).toEqual([]);
  });

  it('is made of the tests that drive our server with the stock client', () => {
    const sources = stockClientTests(join(import.meta.dirname, '../..'));
    expect(sources).toContain('test/conformance/stock-client.test.ts');
    expect(sources).not.toContain('test/races/races.test.ts');
  });
});
