import { checkSetTag, noSuchRunTag } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { readActiveRunRow } from '../runs/rows.js';
import type { TagStore } from '../store.js';
import { setTags } from './write.js';

export function tagRepository(context: StoreContext): TagStore {
  return {
    async setTag(runId, tag) {
      const checked = checkSetTag(tag, context);
      await readActiveRunRow(context, runId);
      await setTags(context, runId, [checked]);
    },

    async deleteTag(runId, key) {
      await readActiveRunRow(context, runId);
      const { numDeletedRows } = await context.db
        .deleteFrom('tags')
        .where('key', '=', key)
        .where('run_uuid', '=', runId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw noSuchRunTag(runId, key);
    },
  };
}
