/**
 * Processes killed by SIGKILL between every two statements of the calls that take several steps,
 * and at any moment, while another process reads. What they left, another finishes.
 *
 * A process makes many calls, each of a thing of its own and kept back after another number of
 * statements, so that one kill cuts off all of them.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';

import type { DB } from '../../ddl/types.js';
import { openDatabase } from '../../src/db/open.js';
import { createRepositories, type Repositories } from '../../src/store/index.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { haltingDatabase } from '../helpers/halting-database.js';
import { crateBackend } from '../helpers/stores.js';
import { type Call, makeCall, type Orders } from './killed-calls.js';
import { readModelRows, readUnfinished } from './killed-rows.js';
import { type Kind, type Scene, SCENES } from './killed-scenes.js';
import { inTurns, look, of, Watcher } from './watcher.js';

const KINDS = Object.keys(SCENES) as Kind[];
const PROCESSES = 4;
/** After so many statements of renames and deletes side by side. */
const MOMENTS = [30, 60, 90];

const crate = crateBackend();

function storeOn(db: Kysely<DB>): Repositories {
  return createRepositories({
    db,
    workspace: 'default',
    artifactRoot: 'mlflow-artifacts:/',
    truncateLongValues: true,
    now: () => Date.now(),
  });
}

/** How many statements a call takes. */
async function countStatements(db: Kysely<DB>, call: Call): Promise<number> {
  let sent = 0;
  const counted = haltingDatabase(db, (statement) => {
    sent += 1;
    return statement();
  });
  const { tracking, registry } = storeOn(counted);
  await makeCall({ ...tracking, ...registry }, call);
  return sent;
}

/** Starts the process; answers when it was killed, and never before it said that it is ready. */
async function runUntilKilled(orders: Orders): Promise<void> {
  const child = fork(join(import.meta.dirname, 'killed-process.ts'), [JSON.stringify(orders)], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--experimental-strip-types'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  child.on('message', () => child.kill('SIGKILL'));
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(output).toBe('');
  expect(signal).toBe('SIGKILL');
}

/** A scene for each statement that the process is killed before, and one for after the last. */
async function makeScenes(db: Kysely<DB>): Promise<{
  readonly scenes: readonly Scene[];
  readonly counts: Readonly<Record<Kind, number>>;
}> {
  const store = storeOn(db);
  const counts = Object.fromEntries(
    await Promise.all(
      KINDS.map(async (kind) => {
        const { call } = await SCENES[kind](store);
        return [kind, await countStatements(db, call)] as const;
      }),
    ),
  ) as Record<Kind, number>;
  const points = KINDS.flatMap((kind) =>
    Array.from({ length: counts[kind] + 1 }, (_, statements) => ({ kind, statements })),
  );
  const scenes: Scene[] = [];
  await inTurns(points, async ({ kind, statements }) => {
    scenes.push(await SCENES[kind](store, statements));
  });
  return { scenes, counts };
}

/** Renames and deletes for a process that is killed at any moment. */
function makeUncounted(store: Repositories): Promise<Scene[]> {
  return Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      SCENES[index % 2 === 0 ? 'rename model' : 'delete model'](store),
    ),
  );
}

function ordersFor(uri: string, scenes: readonly Scene[], tellAfter?: number): Orders {
  const calls = scenes.map(({ call, statements }) => ({ call, statements }));
  return { uri, calls, tellAfter };
}

interface Left {
  /** What each call takes. */
  readonly counts: Readonly<Record<Kind, number>>;
  /** What stood unfinished when all processes had been killed. */
  readonly unfinished: ReadonlySet<string>;
}

/** What must have become of a call. */
function outcomeOf({ call, intentId, statements }: Scene, { counts, unfinished }: Left) {
  if (unfinished.has(intentId)) return 'done';
  if (statements === 0) return 'nothing';
  return statements === counts[call.kind] ? 'done' : undefined;
}

/** When all is finished. */
async function expectEnds(db: Kysely<DB>, scenes: readonly Scene[], left: Left): Promise<void> {
  expect(await readUnfinished(db)).toEqual(new Set());
  const rows = await readModelRows(db);
  for (const scene of scenes) {
    const outcome = outcomeOf(scene, left);
    await of(scene, () => scene.expectEnd({ store: storeOn(db), rows, outcome }));
  }
}

describe.skipIf(crate.uri === undefined)('killed processes (CrateDB)', () => {
  it(
    'one name is seen at any moment, and others finish what was left',
    async () => {
      const uri = crate.uri ?? '';
      const [database, reading] = [await openDatabase(uri), await openDatabase(uri)];
      try {
        const store = storeOn(database.db);
        await store.prepare();
        const { scenes, counts } = await makeScenes(database.db);
        const others = await Promise.all(MOMENTS.map(() => makeUncounted(store)));
        const all = [...scenes, ...others.flat()];
        const watcher = new Watcher(storeOn(reading.db), all);
        await watcher.looked();
        const ofProcess = (turn: number) =>
          scenes.filter((_scene, index) => index % PROCESSES === turn);
        await Promise.all([
          ...Array.from({ length: PROCESSES }, (_, turn) =>
            runUntilKilled(ordersFor(uri, ofProcess(turn))),
          ),
          ...MOMENTS.map((moment, turn) =>
            runUntilKilled(ordersFor(uri, others[turn] ?? [], moment)),
          ),
        ]);
        await watcher.looked();

        const unfinished = await readUnfinished(database.db);
        expect(unfinished.size).toBeGreaterThan(50);
        const isMet = (scene: Scene, index: number) =>
          unfinished.has(scene.intentId) && index % 2 === 0;
        await inTurns(all.filter(isMet), (scene) => of(scene, () => scene.meet(store)));
        expect((await readUnfinished(database.db)).size).toBeLessThan(unfinished.size);
        // As a server does when it starts.
        await storeOn(database.db).prepare();
        await watcher.looked();
        await watcher.stop();
        await expectEnds(database.db, all, { counts, unfinished });
      } finally {
        await reading.close();
        await database.close();
        await dropSchema(uri);
      }
    },
    240_000,
  );
});

describe('killed processes (embedded)', () => {
  it('the next one to open the folder sees one name, and finishes what was left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mlflow-kill-'));
    const uri = `pglite:${folder}`;
    const opened = async <Result>(work: (db: Kysely<DB>) => Promise<Result>): Promise<Result> => {
      const database = await openDatabase(uri);
      return work(database.db).finally(() => database.close());
    };
    try {
      const { scenes, counts, others } = await opened(async (db) => {
        await storeOn(db).prepare();
        return { ...(await makeScenes(db)), others: await makeUncounted(storeOn(db)) };
      });
      const all = [...scenes, ...others];
      // No two processes at once: this one folder is theirs.
      await runUntilKilled(ordersFor(uri, scenes));
      await runUntilKilled(ordersFor(uri, others, 60));
      await opened(async (db) => {
        const unfinished = await readUnfinished(db);
        expect(unfinished.size).toBeGreaterThan(50);
        await look(storeOn(db), all);
        await storeOn(db).prepare();
        await look(storeOn(db), all);
        await expectEnds(db, all, { counts, unfinished });
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
