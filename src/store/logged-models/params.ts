import { unnest, wholeKeys } from '../../../dialect/index.js';
import {
  checkLoggedModelParams,
  loggedModelParamChanged,
  type ParamChange,
} from '../../domain/index.js';
import type { Param } from '../../domain/param.js';
import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';
import { type LoggedModelRow, readLoggedModelRow } from './rows.js';

/**
 * First what can refuse, by primary key: the model and the params that stand; then one write-once
 * upsert. A param is never changed; the same value again is fine, so that a call can be repeated.
 * @throws BAD_REQUEST for another value, with nothing written unless two race.
 */
export async function logLoggedModelParams(
  context: StoreContext,
  modelId: string,
  params: readonly Param[],
): Promise<void> {
  const checked = checkLoggedModelParams(params, context);
  const [model, [conflict]] = await Promise.all([
    readLoggedModelRow(context, modelId),
    findConflicts(context, modelId, checked),
  ]);
  if (conflict !== undefined) throw loggedModelParamChanged(modelId, conflict);
  const [lostRace] = await writeLoggedModelParams(context, model, checked);
  if (lostRace !== undefined) throw loggedModelParamChanged(modelId, lostRace);
}

async function findConflicts(
  context: StoreContext,
  modelId: string,
  params: readonly Param[],
): Promise<readonly ParamChange[]> {
  if (params.length === 0) return [];
  const rows = await context.db
    .selectFrom('logged_model_params')
    .select(['param_key', 'param_value'])
    .where((eb) =>
      wholeKeys(
        eb,
        ['model_id', 'param_key'],
        params.map(({ key }) => [modelId, key]),
      ),
    )
    .execute();
  return conflictsWith(params, rows);
}

/** Writes what is new and answers the conflicts with what stands. Keys must be distinct. */
export async function writeLoggedModelParams(
  context: StoreContext,
  model: Pick<LoggedModelRow, 'model_id' | 'experiment_id'>,
  params: readonly Param[],
): Promise<readonly ParamChange[]> {
  if (params.length === 0) return [];
  const rows = await context.db
    .insertInto('logged_model_params')
    .columns(['model_id', 'experiment_id', 'param_key', 'param_value'])
    .expression(
      context.db
        .selectFrom(
          unnest('param', {
            param_key: { type: 'text', values: params.map((param) => param.key) },
            param_value: { type: 'text', values: params.map((param) => param.value) },
          }),
        )
        .select([
          sameForAll(model.model_id).as('model_id'),
          sameInt64ForAll(model.experiment_id).as('experiment_id'),
          'param.param_key',
          'param.param_value',
        ]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['model_id', 'param_key'])
        .doUpdateSet((eb) => ({ param_value: eb.ref('logged_model_params.param_value') })),
    )
    .returning(['param_key', 'param_value'])
    .execute();
  return conflictsWith(params, rows);
}

interface ParamRow {
  readonly param_key: string;
  readonly param_value: string;
}

function conflictsWith(
  params: readonly Param[],
  rows: readonly ParamRow[],
): readonly ParamChange[] {
  const standing = new Map(rows.map((row) => [row.param_key, row.param_value]));
  return params.flatMap(({ key, value }) => {
    const oldValue = standing.get(key);
    return oldValue === undefined || oldValue === value ? [] : [{ key, oldValue, newValue: value }];
  });
}
