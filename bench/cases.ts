import type { LogBatch, LogMetric } from 'mlflow-cratedb';

import type { Contender } from './contenders/contender.ts';

/** What is timed: `round` does `calls` calls. `before` is not timed and runs before each round. */
export interface PreparedCase {
  readonly calls: number;
  before?(): Promise<void>;
  round(): Promise<void>;
}

export interface Case {
  readonly name: string;
  /** One call at a time, whose milliseconds a client sees. */
  readonly single: boolean;
  /** The most times the hand-written work that is aimed at on CrateDB. */
  readonly targets?: { readonly inProcess: number; readonly http: number };
  prepare(contender: Contender, experimentId: string): Promise<PreparedCase>;
}

const WRITERS = 8;
const BATCHES_A_WRITER = 2;
const CLIENTS = 32;
const HISTORY_POINTS = 10_000;
const SEARCHED_RUNS = 1_000;
const PAGE = 100;
const TIME = 1_700_000_000_000;

export const CASES: readonly Case[] = [
  {
    name: 'log-batch: 800 metrics, 100 params, 100 tags',
    single: false,
    targets: { inProcess: 1.3, http: 1.6 },
    async prepare(contender, experimentId) {
      const calls = 4;
      let runs: string[] = [];
      return {
        calls,
        async before() {
          runs = await newRuns(contender, experimentId, calls);
        },
        async round() {
          for (const run of runs) await contender.logBatch(run, fullBatch());
        },
      };
    },
  },
  {
    name: `log-batch: 1,000 metrics, ${WRITERS} writers`,
    single: false,
    async prepare(contender, experimentId) {
      const runs = await newRuns(contender, experimentId, WRITERS);
      let step = 0;
      return {
        calls: WRITERS * BATCHES_A_WRITER,
        async round() {
          const first = step;
          step += BATCHES_A_WRITER * 100;
          await Promise.all(
            runs.map(async (run) => {
              for (let batch = 0; batch < BATCHES_A_WRITER; batch++) {
                await contender.logBatch(run, { metrics: points(10, 100, first + batch * 100) });
              }
            }),
          );
        },
      };
    },
  },
  logMetric('log-metric: 1 client', 1, 20),
  logMetric(`log-metric: ${CLIENTS} clients`, CLIENTS, 4),
  {
    name: 'create-run',
    single: true,
    prepare: async (contender, experimentId) =>
      inSequence(20, async () => {
        await contender.createRun(experimentId);
      }),
  },
  {
    name: 'get-run: 80 metrics, 100 params, 100 tags',
    single: true,
    async prepare(contender, experimentId) {
      const [run = ''] = await newRuns(contender, experimentId, 1);
      await contender.logBatch(run, fullBatch());
      // With the run's own tags.
      return inSequence(10, async () => expectCount(await contender.getRun(run), 284));
    },
  },
  {
    name: 'get-history: 10,000 points',
    single: true,
    async prepare(contender, experimentId) {
      const [run = ''] = await newRuns(contender, experimentId, 1);
      for (let step = 0; step < HISTORY_POINTS; step += 1_000) {
        await contender.logBatch(run, { metrics: points(1, 1_000, step) });
      }
      return inSequence(2, async () =>
        expectCount(await contender.getHistory(run, 'metric_0'), HISTORY_POINTS),
      );
    },
  },
  {
    name: `search-runs: ${PAGE} of 1,000 runs`,
    single: true,
    async prepare(contender, experimentId) {
      for (let index = 0; index < SEARCHED_RUNS; index++) {
        const run = await contender.createRun(experimentId);
        await contender.logBatch(run, searchedBatch(index));
      }
      const search = {
        experimentId,
        metric: 'metric_0',
        above: 0.5,
        param: 'param_0',
        value: 'even',
        orderBy: 'metric_1',
        maxResults: PAGE,
      };
      return inSequence(2, async () => expectCount(await contender.searchRuns(search), PAGE));
    },
  },
];

function logMetric(name: string, clients: number, callsAClient: number): Case {
  return {
    name,
    single: clients === 1,
    async prepare(contender, experimentId) {
      const runs = await newRuns(contender, experimentId, clients);
      let step = 0;
      return {
        calls: clients * callsAClient,
        async round() {
          const first = step;
          step += callsAClient;
          await Promise.all(
            runs.map(async (run) => {
              for (let call = 0; call < callsAClient; call++) {
                await contender.logMetric(run, point('loss', first + call));
              }
            }),
          );
        },
      };
    },
  };
}

function inSequence(calls: number, call: () => Promise<void>): PreparedCase {
  return {
    calls,
    async round() {
      for (let index = 0; index < calls; index++) await call();
    },
  };
}

async function newRuns(contender: Contender, experimentId: string, count: number) {
  const runs: string[] = [];
  for (let index = 0; index < count; index++) runs.push(await contender.createRun(experimentId));
  return runs;
}

/** 80 keys of 10 steps. */
function fullBatch(): LogBatch {
  const pairs = (name: string) =>
    Array.from({ length: 100 }, (_, index) => ({
      key: `${name}_${index}`,
      value: `value ${index}`,
    }));
  return { metrics: points(80, 10, 0), params: pairs('param'), tags: pairs('tag') };
}

function searchedBatch(index: number): LogBatch {
  const fraction = (index * 7_919) % SEARCHED_RUNS;
  return {
    metrics: Array.from({ length: 5 }, (_, key) => ({
      ...point(`metric_${key}`, 0),
      value: ((fraction + key * 101) % SEARCHED_RUNS) / SEARCHED_RUNS,
    })),
    params: Array.from({ length: 5 }, (_, key) => ({
      key: `param_${key}`,
      value: index % 2 === 0 ? 'even' : 'odd',
    })),
    tags: Array.from({ length: 5 }, (_, key) => ({ key: `tag_${key}`, value: `value ${index}` })),
  };
}

export function points(keys: number, steps: number, firstStep: number): LogMetric[] {
  return Array.from({ length: keys * steps }, (_, index) =>
    point(`metric_${index % keys}`, firstStep + Math.floor(index / keys)),
  );
}

function point(key: string, step: number): LogMetric {
  return { key, value: Math.sin(step), timestamp: TIME + step, step };
}

async function expectCount(count: number, expected: number): Promise<void> {
  if (count !== expected) throw new Error(`${count} items came, not ${expected}`);
}
