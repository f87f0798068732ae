import { checkLogParam, paramChanged } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { readActiveRunRow } from '../runs/rows.js';
import type { ParamStore } from '../store.js';
import { writeParams } from './write.js';

export function paramRepository(context: StoreContext): ParamStore {
  return {
    async logParam(runId, param) {
      const checked = checkLogParam(param, context);
      await readActiveRunRow(context, runId);
      // One row: the write itself refuses, so nothing needs to be looked up before.
      const [conflict] = await writeParams(context, runId, [checked]);
      if (conflict !== undefined) throw paramChanged(runId, conflict);
    },
  };
}
