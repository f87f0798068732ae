import { unnest, wholeKeys } from '../../../dialect/index.js';
import type { ParamChange } from '../../domain/index.js';
import type { Param } from '../../domain/param.js';
import type { StoreContext } from '../context.js';
import { sameForAll } from '../sql/same-for-all.js';

/** The early, friendly check, before anything is written: one multi-get by primary key. */
export async function findParamConflicts(
  context: StoreContext,
  runId: string,
  params: readonly Param[],
): Promise<readonly ParamChange[]> {
  if (params.length === 0) return [];
  const rows = await context.db
    .selectFrom('params')
    .select(['key', 'value'])
    .where((eb) =>
      wholeKeys(
        eb,
        ['run_uuid', 'key'],
        params.map(({ key }) => [runId, key]),
      ),
    )
    .execute();
  return conflictsWith(params, rows);
}

/**
 * Writes what is new, in one statement, and answers the conflicts with what stands: a param is
 * never changed, also when two write it at the same moment.
 */
export async function writeParams(
  context: StoreContext,
  runId: string,
  params: readonly Param[],
): Promise<readonly ParamChange[]> {
  if (params.length === 0) return [];
  const standing = await context.db
    .insertInto('params')
    .columns(['run_uuid', 'key', 'value'])
    .expression(
      context.db
        .selectFrom(
          unnest('param', {
            key: { type: 'text', values: params.map((param) => param.key) },
            value: { type: 'text', values: params.map((param) => param.value) },
          }),
        )
        .select([sameForAll(runId).as('run_uuid'), 'param.key', 'param.value']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['run_uuid', 'key'])
        .doUpdateSet((eb) => ({ value: eb.ref('params.value') })),
    )
    .returning(['key', 'value'])
    .execute();
  const answered = new Set(standing.map(({ key }) => key));
  const missing = params.find(({ key }) => !answered.has(key));
  if (missing !== undefined) {
    throw new Error(`The database does not say what param '${missing.key}' stands at.`);
  }
  return conflictsWith(params, standing);
}

function conflictsWith(
  params: readonly Param[],
  standing: readonly Param[],
): readonly ParamChange[] {
  const valueOf = new Map(standing.map(({ key, value }) => [key, value]));
  return params.flatMap(({ key, value }) => {
    const oldValue = valueOf.get(key);
    return oldValue === undefined || oldValue === value ? [] : [{ key, oldValue, newValue: value }];
  });
}
