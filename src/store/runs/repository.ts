import { checkUpdateRunInfo, noSuchRun, RUN_NAME_TAG } from '../../domain/index.js';
import type { LifecycleStage } from '../../domain/lifecycle.js';
import type { StoreContext } from '../context.js';
import type { RunStore } from '../store.js';
import { writeTags } from '../tags/write.js';
import { readRuns } from './belongings.js';
import { createRun } from './create.js';
import { logBatch } from './log-batch.js';
import { readActiveRunRow, readRunRow, RUN_COLUMNS, toRunInfo } from './rows.js';
import { searchRuns } from './search.js';

export function runRepository(context: StoreContext): RunStore {
  /** One statement; again with the same stage, it changes nothing that a client sees. */
  async function setStage(runId: string, stage: LifecycleStage): Promise<void> {
    const updated = await context.db
      .updateTable('runs')
      .set({
        lifecycle_stage: stage,
        deleted_time: stage === 'deleted' ? context.now() : null,
      })
      .where('run_uuid', '=', runId)
      .returning('run_uuid')
      .execute();
    if (updated.length === 0) throw noSuchRun(runId);
  }

  return {
    createRun: (run) => createRun(context, run),

    async getRun(runId) {
      const rows = readRunRow(context, runId).then((row) => [row]);
      const [run] = await readRuns(context, rows, [runId]);
      if (run === undefined) throw noSuchRun(runId);
      return run;
    },

    async updateRunInfo(runId, update) {
      const { status, endTime, runName } = checkUpdateRunInfo(update, context);
      const row = await readActiveRunRow(context, runId);
      if (status === undefined && endTime === undefined && runName === undefined) {
        return toRunInfo(row);
      }
      // The tag first: what a crash leaves is completed by the same call again.
      if (runName !== undefined) {
        await writeTags(context, runId, [{ key: RUN_NAME_TAG, value: runName }]);
      }
      const updated = await context.db
        .updateTable('runs')
        .set({
          ...(status === undefined ? {} : { status }),
          ...(endTime === undefined ? {} : { end_time: endTime }),
          ...(runName === undefined ? {} : { name: runName }),
        })
        .where('run_uuid', '=', runId)
        .returning(RUN_COLUMNS)
        .executeTakeFirst();
      if (updated === undefined) throw noSuchRun(runId);
      return toRunInfo(updated);
    },

    deleteRun: (runId) => setStage(runId, 'deleted'),
    restoreRun: (runId) => setStage(runId, 'active'),
    searchRuns: (search) => searchRuns(context, search),
    logBatch: (runId, batch) => logBatch(context, runId, batch),
  };
}
