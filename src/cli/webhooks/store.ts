import { schemaStatus } from '../../../ddl/index.js';
import { openSchemaDatabase } from '../../db/index.js';
import { openStore, type Store } from '../../index.js';
import { WEBHOOKS_EXIT } from '../exit-codes.js';
import { Failure, storeFailure } from '../failure.js';
import { describeState } from '../schema-state.js';

/** Opens the store for `work`, without delivering anything. */
export async function withStore<Result>(
  uri: string | undefined,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  let store: Store;
  try {
    await refuseUnprovisioned(uri);
    store = await openStore(uri, { webhooks: { deliver: false } });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw storeFailure(error, uri, WEBHOOKS_EXIT.error);
  }
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Who only looks makes no tables, and migrates none, as opening a store would. */
async function refuseUnprovisioned(uri: string | undefined): Promise<void> {
  const database = await openSchemaDatabase(uri);
  const { engine, schema, runner, description } = database;
  try {
    const status = await schemaStatus(runner, { engine, schema });
    if (status.state === 'in-step' || status.state === 'ahead') return;
    throw new Failure(
      `No deliveries in ${description}: ${describeState(status)}.`,
      WEBHOOKS_EXIT.error,
    );
  } finally {
    await database.close();
  }
}
