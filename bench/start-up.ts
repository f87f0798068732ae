import { setTimeout as sleep } from 'node:timers/promises';

import { median } from './measure.ts';
import { startServer } from './server-process.ts';

export interface StartUpResult {
  /** On an empty database, its tables made: ms from the start to the first 200. */
  readonly first: Answers;
  /** On one that has its tables; median. */
  readonly later: Answers;
  /** Bytes resident after that, at rest. */
  readonly memory: number;
}

interface Answers {
  /** Of GET /health. */
  readonly health: number;
  /** Of experiments/search. */
  readonly search: number;
}

const STARTS = 3;
const REST_MS = 3_000;

/** @param uri of a database without MLflow's tables */
export async function measureStartUp(uri: string): Promise<StartUpResult> {
  const first = await start(uri);
  const later = [];
  for (let index = 0; index < STARTS; index++) later.push(await start(uri));
  return {
    first,
    later: {
      health: median(later.map(({ health }) => health)),
      search: median(later.map(({ search }) => search)),
    },
    memory: median(later.map(({ memory }) => memory)),
  };
}

async function start(uri: string): Promise<Answers & { readonly memory: number }> {
  const started = performance.now();
  const server = await startServer(uri);
  try {
    await expectOk(fetch(`${server.url}/health`));
    const health = performance.now() - started;
    await expectOk(
      fetch(`${server.url}/api/2.0/mlflow/experiments/search`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"max_results": 10}',
      }),
    );
    const search = performance.now() - started;
    await sleep(REST_MS);
    return { health, search, memory: server.memory() };
  } finally {
    await server.stop();
  }
}

async function expectOk(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  await response.text();
}
