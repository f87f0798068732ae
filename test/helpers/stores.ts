import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, inject } from 'vitest';

import { openStore, type OpenStoreOptions, type Store } from '../../src/index.js';
import { dropSchema } from './crate-schema.js';

export interface Backend {
  readonly name: 'embedded' | 'CrateDB';
  /** `undefined` where the backend isn't to be had here. */
  readonly uri: string | undefined;
}

export const embedded: Backend = { name: 'embedded', uri: 'pglite:memory' };

/** CrateDB in a schema of its own, which {@link dropSchema} removes. */
export function crateBackend(): Backend {
  const url = inject('crateUrl');
  return {
    name: 'CrateDB',
    uri: url === undefined ? undefined : withSchema(url, `test_${randomBytes(4).toString('hex')}`),
  };
}

export function withSchema(url: string, schema: string): string {
  const parsed = new URL(url);
  parsed.searchParams.set('schema', schema);
  return parsed.href;
}

/**
 * The same suite on every backend. The store is opened once a suite: tests use names of their own.
 * On CrateDB the suite is skipped, by its name, where none was found.
 */
export function describeStores(
  title: string,
  body: (store: () => Store, backend: Backend) => void,
  options: OpenStoreOptions = {},
): void {
  for (const backend of [embedded, crateBackend()]) {
    describe.skipIf(backend.uri === undefined)(`${title} (${backend.name})`, () => {
      let store: Store | undefined;
      beforeAll(async () => {
        store = await openStore(backend.uri, options);
      });
      afterAll(async () => {
        await store?.close();
        if (backend.name === 'CrateDB') await dropSchema(backend.uri);
      });
      body(() => {
        if (store === undefined) throw new Error('The store is not open.');
        return store;
      }, backend);
    });
  }
}

let counter = 0;

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  counter += 1;
  return `${prefix}-${String(counter)}-${randomBytes(3).toString('hex')}`;
}

/** A run in an experiment of its own. */
export async function createTestRun(store: Store): Promise<{ experimentId: string; runId: string }> {
  const experimentId = await store.createExperiment({ name: uniqueName('experiment') });
  const { info } = await store.createRun({ experimentId, startTime: 1_000 });
  return { experimentId, runId: info.runId };
}
