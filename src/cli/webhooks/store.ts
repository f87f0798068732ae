import { databaseIsThere } from '../../db/index.js';
import { openStore, type Store } from '../../index.js';
import { EXIT, Failure, storeFailure } from '../failure.js';

/** Opens the store for `work`, without delivering anything. */
export async function withStore<Result>(
  uri: string | undefined,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  if (!(await databaseIsThere(uri))) {
    throw new Failure(
      `There is no database in ${uri?.replace(/^pglite:/, '') ?? './mlflow-data'}.`,
      EXIT.database,
    );
  }
  let store: Store;
  try {
    store = await openStore(uri, { webhooks: { deliver: false } });
  } catch (error) {
    throw storeFailure(error, uri);
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
