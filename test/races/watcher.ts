import { setTimeout as sleep } from 'node:timers/promises';

import type { Repositories } from '../../src/store/index.js';
import type { Scene } from './killed-scenes.js';

const SIDE_BY_SIDE = 6;

/** Does the work of all, some of them at once. */
export async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** Says of which scene it is that something went wrong. */
export async function of(scene: Scene, work: () => Promise<unknown> | undefined): Promise<void> {
  try {
    await work();
  } catch (error) {
    const moment = scene.statements ?? 'any number of';
    throw new Error(`${scene.call.kind}, killed after ${moment} statements: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Looks at all that there is, once. */
export async function look(store: Repositories, scenes: readonly Scene[]): Promise<void> {
  const { registry } = store;
  const { items: models } = await registry.searchRegisteredModels({ maxResults: 1_000 });
  const byName = new Map(models.map((model) => [model.name, model]));
  for (const scene of scenes) await of(scene, async () => scene.observeModels?.(byName));
  const { items: versions } = await registry.searchModelVersions({ maxResults: 10_000 });
  const byModel = Map.groupBy(versions, ({ name }) => name);
  for (const scene of scenes) await of(scene, async () => scene.observeVersions?.(byModel));
  await inTurns(scenes, (scene) => of(scene, () => scene.observe(store)));
}

/** Looks all the time, until it is stopped. */
export class Watcher {
  #begun = 0;
  #ended = 0;
  #isOver = false;
  readonly #watching: Promise<void>;

  constructor(store: Repositories, scenes: readonly Scene[]) {
    this.#watching = (async () => {
      while (!this.#isOver) {
        this.#begun += 1;
        await look(store, scenes);
        this.#ended += 1;
      }
    })();
    // Whoever waits for it hears of a failure.
    this.#watching.catch(() => (this.#isOver = true));
  }

  /** Returns when it has looked at all that stands now. */
  async looked(): Promise<void> {
    const wanted = this.#begun + 1;
    while (this.#ended < wanted && !this.#isOver) await sleep(5);
    if (this.#isOver) await this.#watching;
  }

  stop(): Promise<void> {
    this.#isOver = true;
    return this.#watching;
  }
}
