/**
 * A process that makes calls side by side, keeps each of them back after so many statements, says
 * so, and waits to be killed. Takes a JSON text of {@link Orders}.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { openDatabase } from '../../dist/src/db/open.js';
import { createRepositories } from '../../dist/src/store/index.js';
import { type Around, haltingDatabase } from '../helpers/halting-database.ts';
import { makeCall, type Orders } from './killed-calls.ts';

interface Progress {
  left: number;
  running: number;
  isKeptBack: boolean;
}

/** Its leases have run out for everyone whose clock is right. */
const SLOW_BY_MS = 3_600_000;

const { uri, calls, tellAfter } = JSON.parse(process.argv[2] ?? '') as Orders;
const current = new AsyncLocalStorage<Progress>();
let sent = 0;
let atRest = 0;

function tell(): void {
  process.send?.('kill me');
}

function isAtRest(): void {
  atRest += 1;
  if (atRest === calls.length && tellAfter === undefined) tell();
}

const around: Around = async (statement) => {
  const progress = current.getStore();
  if (progress === undefined) return statement();
  if (progress.left === 0) {
    // What the call sent side by side is answered first.
    if (!progress.isKeptBack && progress.running === 0) isAtRest();
    progress.isKeptBack = true;
    return new Promise<never>(() => undefined);
  }
  progress.left -= 1;
  progress.running += 1;
  sent += 1;
  if (sent === tellAfter) tell();
  const result = await statement();
  progress.running -= 1;
  if (progress.isKeptBack && progress.running === 0) isAtRest();
  return result;
};

// Listening keeps it alive until it is killed: calls that are kept back don't.
process.on('message', () => undefined);
const database = await openDatabase(uri);
const { tracking, registry } = createRepositories({
  db: haltingDatabase(database.db, around),
  workspace: 'default',
  artifactRoot: 'mlflow-artifacts:/',
  truncateLongValues: true,
  now: () => Date.now() - SLOW_BY_MS,
});
const store = { ...tracking, ...registry };
await Promise.all(
  calls.map(({ call, statements = Infinity }) =>
    current.run({ left: statements, running: 0, isKeptBack: false }, async () => {
      await makeCall(store, call);
      isAtRest();
    }),
  ),
);
