import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { dropSchema } from '../helpers/crate-schema.js';
import { pythonWithMlflow } from '../helpers/python.js';
import { startServer, startStockServer, type TestServer } from '../helpers/server.js';
import { crateBackend } from '../helpers/stores.js';
import { compare, nameOf, type StepDifferences } from './compare.js';
import { differencesOf } from './differences.js';
import { GROUPS, runScenario, type Step } from './scenario.js';

const crate = crateBackend();
const python = await pythonWithMlflow();

/** Webhooks lead to the scenario's own receiver, and are heard of at once. */
const env = {
  MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https',
  MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  MLFLOW_WEBHOOK_CACHE_TTL: '0',
  MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
};

/** Starts a server in a new folder, runs the scenario against it, and cleans up. */
async function answersOf(
  artifacts: string,
  start: (cwd: string) => Promise<TestServer>,
): Promise<readonly Step[]> {
  if (python === undefined) throw new Error('There is no Python to run the scenario with.');
  const folder = await mkdtemp(join(tmpdir(), 'mlflow-conformance-'));
  try {
    const server = await start(folder);
    try {
      return await runScenario({
        python,
        url: server.url,
        artifacts: join(folder, artifacts),
        folder,
      });
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs once, at the first call. */
function once<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= run();
    // Whoever awaits it hears of a failure; until then it is not unhandled.
    result.catch(() => undefined);
    return result;
  };
}

const stockAnswers = once(() =>
  answersOf('artifacts', (cwd) => startStockServer({ python: python ?? '', cwd, env })),
);

interface Backend {
  readonly name: 'embedded' | 'CrateDB';
  readonly missing: boolean;
  readonly answers: () => Promise<readonly Step[]>;
}

const BACKENDS: readonly Backend[] = [
  {
    name: 'embedded',
    missing: false,
    answers: once(() => answersOf('mlflow-data/artifacts', (cwd) => startServer({ cwd, env }))),
  },
  {
    name: 'CrateDB',
    missing: crate.uri === undefined,
    answers: once(async () => {
      try {
        return await answersOf('mlartifacts', (cwd) =>
          startServer({ cwd, env, backendStoreUri: crate.uri }),
        );
      } finally {
        await dropSchema(crate.uri);
      }
    }),
  },
];

describe.skipIf(python === undefined)('the stock mlflow client (needs Python)', () => {
  describe.for(BACKENDS)('answers as from the stock server ($name)', (backend) => {
    describe.skipIf(backend.missing)(backend.name, () => {
      const known = differencesOf(backend.name);
      let stockSteps: readonly Step[];
      let ourSteps: readonly Step[];
      let differences: StepDifferences;

      beforeAll(async () => {
        // All side by side: each waits for its server most of the time.
        for (const { missing, answers } of BACKENDS) if (!missing) void answers();
        [stockSteps, ourSteps] = await Promise.all([stockAnswers(), backend.answers()]);
        differences = compare(stockSteps, ourSteps);
      }, 400_000);

      it('went through the same steps', () => {
        expect(ourSteps.map(nameOf)).toEqual(stockSteps.map(nameOf));
        expect(stockSteps.length).toBeGreaterThan(1_000);
      });

      it('knows no difference of a step that is not there', () => {
        const steps = new Set(stockSteps.map(nameOf));
        expect(Object.keys(known).filter((name) => !steps.has(name))).toEqual([]);
      });

      // What differs must be listed with its reason, and what is listed must differ so.
      it.for(GROUPS)('%s', (group) => {
        expect(ofGroup(differences, group)).toEqual(ofGroup(known, group));
      });
    });
  });
});

function ofGroup(differences: StepDifferences, group: string): StepDifferences {
  return Object.fromEntries(
    Object.entries(differences).filter(([name]) => name.startsWith(`${group}: `)),
  );
}
