import { sql } from 'kysely';

import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { setIf } from '../sql/set-if.js';
import type { Tenure } from './names.js';

/** The model counts as updated now. One statement by whole primary key. */
export async function touchModel(context: StoreContext, model: Tenure): Promise<void> {
  await context.db
    .updateTable('registered_models')
    .set({ last_updated_time: ifOf<Int64>(model, 'last_updated_time', context.now()) })
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .execute();
}

/** Its description, or none. One statement by whole primary key. */
export async function updateModel(
  context: StoreContext,
  model: Tenure,
  description: string | null,
): Promise<void> {
  await context.db
    .updateTable('registered_models')
    .set({
      description: ifOf<string | null>(model, 'description', description),
      last_updated_time: ifOf<Int64>(model, 'last_updated_time', context.now()),
    })
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .execute();
}

/**
 * The model and all its versions count as updated now, as when it is renamed to what it is called.
 */
export async function touchAll(context: StoreContext, model: Tenure): Promise<void> {
  await touchModel(context, model);
  await context.db
    .updateTable('model_versions')
    .set({ last_updated_time: context.now() })
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .where('generation', '=', model.generation)
    .execute();
}

/** The value, where the row is of the model's tenure; a row of the name's next model stays as it is. */
function ifOf<Value extends string | Int64 | null>(
  { generation }: Tenure,
  column: string,
  value: Value,
) {
  const type = typeof value === 'string' || value === null ? 'text' : 'bigint';
  const isOurs = sql`${sql.ref('generation')} = CAST(${generation} AS bigint)`;
  return setIf<Value>(isOurs, column, value, type);
}
