import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { checkRenameExperiment, noSuchExperiment, renameOfInactiveExperiment } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { claimName, newToken, takeOverClaim } from './names.js';
import { readVisibleExperimentRow } from './rows.js';

/**
 * Claim of the new name, then the row's name in one compare-and-set, which is when readers see it.
 * The claim on the old name stays behind and is taken over by whoever wants that name.
 */
export async function renameExperiment(
  context: StoreContext,
  experimentId: Int64,
  requestedName: string,
): Promise<void> {
  const newName = checkRenameExperiment(requestedName);
  for (let attempt = 0; ; attempt += 1) {
    const row = await readVisibleExperimentRow(context, experimentId);
    if (row === undefined) throw noSuchExperiment(experimentId);
    if (row.lifecycle_stage !== 'active') throw renameOfInactiveExperiment();
    if (row.name !== newName) {
      const mine = { experiment_id: experimentId, token: newToken() };
      const claim = await claimName(context, newName, mine);
      if (
        claim.experiment_id !== experimentId &&
        !(await takeOverClaim(context, newName, claim, mine))
      ) {
        continue;
      }
    }
    if (await writeName(context, experimentId, newName, row.last_update_time ?? 0)) return;
    // Another change of this experiment came between: begin again, a little later each time.
    await sleep(Math.min(attempt * 5, 100));
  }
}

/** Answers whether the name was written: only if nothing changed the row since it was read. */
async function writeName(
  context: StoreContext,
  experimentId: Int64,
  newName: string,
  seenUpdateTime: Int64,
): Promise<boolean> {
  const written = await context.db
    .updateTable('experiments')
    .set((eb) => {
      const unchanged = eb.and([
        eb(sql<Int64>`coalesce(last_update_time, 0)`, '=', seenUpdateTime),
        eb('lifecycle_stage', '=', 'active'),
      ]);
      return {
        name: eb.case().when(unchanged).then(newName).else(eb.ref('name')).end(),
        last_update_time: eb
          .case()
          .when(unchanged)
          .then(laterThanLastUpdate(context.now()))
          .else(eb.ref('last_update_time'))
          .end(),
      };
    })
    .where('experiment_id', '=', experimentId)
    .returning('name')
    .executeTakeFirst();
  return written?.name === newName;
}

/** Now, but always after the time that stands, whatever another server's clock says. */
export function laterThanLastUpdate(now: number) {
  return sql<Int64>`greatest(CAST(${now} AS bigint), coalesce(last_update_time, 0) + 1)`;
}
