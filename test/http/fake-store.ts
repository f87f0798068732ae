import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createArtifacts } from '../../src/artifacts/index.js';
import { doesNotExist } from '../../src/domain/errors.js';
import type { Run } from '../../src/domain/run.js';
import type { ServedStore } from '../../src/http/index.js';

type Method = keyof Omit<ServedStore, 'artifacts'>;
type Answers = { [Name in Method]?: ServedStore[Name] };

export interface FakeStore {
  readonly store: ServedStore;
  /** What was called, with which arguments, in order. */
  readonly calls: (readonly [Method, ...unknown[]])[];
  readonly destination: string;
  dispose(): void;
}

export const RUN_ID = '70c4dae0277c4e218ca7923446ed77ac';

/** A run with something of everything, as a stock server once answered it. */
export const RUN: Run = {
  info: {
    runId: RUN_ID,
    runName: 'rn',
    experimentId: '1',
    userId: 'u',
    status: 'FINISHED',
    startTime: 9007199254740993n,
    endTime: 9007199254740993n,
    artifactUri: `mlflow-artifacts:/1/${RUN_ID}/artifacts`,
    lifecycleStage: 'active',
  },
  data: {
    metrics: [
      { key: 'm', value: 1, timestamp: 1, step: 0 },
      { key: 'inf', value: Number.MAX_VALUE, timestamp: 1, step: -3 },
      { key: 'x', value: 1e-7, timestamp: 9007199254740993n, step: 9007199254740995n },
      { key: 'b', value: 1e22, timestamp: 12, step: 0 },
      { key: 'nan', value: Number.NaN, timestamp: 12, step: 0 },
    ],
    params: [{ key: 'p', value: '' }],
    tags: [{ key: 'k', value: 'é\u0001\u2028' }],
  },
  inputs: {
    datasetInputs: [
      {
        dataset: { name: 'd', digest: 'dg', sourceType: 'st', source: 'so', schema: 'sc' },
        tags: [{ key: 'mlflow.data.context', value: 'train' }],
      },
    ],
    modelInputs: [{ modelId: 'm-1' }],
  },
  outputs: { modelOutputs: [{ modelId: 'm-2', step: 3 }] },
};

/** Records calls; answers from `answers`, else nothing, and knows one run. */
export function fakeStore(answers: Answers = {}): FakeStore {
  const destination = mkdtempSync(join(tmpdir(), 'mlflow-http-'));
  const calls: (readonly [Method, ...unknown[]])[] = [];
  const all: Answers = {
    getRun: async (runId) => {
      if (runId === RUN_ID) return RUN;
      throw doesNotExist(`Run with id=${runId} not found`);
    },
    ...answers,
  };
  const store = new Proxy({} as ServedStore, {
    get(_target, name: string) {
      if (name === 'artifacts') return artifacts;
      return async (...args: unknown[]) => {
        calls.push([name as Method, ...args]);
        const answer = all[name as Method] as ((...a: unknown[]) => unknown) | undefined;
        return answer?.(...args);
      };
    },
  });
  const artifacts = createArtifacts({ destination });
  return {
    store,
    calls,
    destination,
    dispose: () => rmSync(destination, { recursive: true, force: true }),
  };
}
