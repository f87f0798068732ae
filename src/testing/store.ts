import { openStore, type OpenStoreOptions, type Store } from '../index.js';

/**
 * A store that is forgotten when it is closed, on the embedded database in memory.
 *
 * Its artifacts go where `artifactsDestination` says: give it a temporary folder when the test
 * writes any.
 */
export function openTestStore(options: OpenStoreOptions = {}): Promise<Store> {
  return openStore('pglite:memory', options);
}
