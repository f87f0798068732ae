import { describe, expect, it } from 'vitest';

import { createRepositories, type Repositories } from '../../src/store/index.js';
import { haltingDatabase } from '../helpers/halting-database.js';
import { createTestRun, describeStores } from '../helpers/stores.js';

/** Longer than a lease. */
const LATER_MS = 60_000;

/** After so many statements, before the next write. */
const MOMENTS = [
  ['its experiment', 2],
  ['the runs', 4],
] as const;

const CHANGES = {
  delete: { to: 'deleteExperiment', back: 'restoreExperiment', stage: 'active' },
  restore: { to: 'restoreExperiment', back: 'deleteExperiment', stage: 'deleted' },
} as const;

describe('delete and restore of an experiment', () => {
  describeStores('by a process that was taken for dead', (store) => {
    function repositories(at: number, db = store().db): Repositories {
      return createRepositories({
        db,
        workspace: 'default',
        artifactRoot: 'mlflow-artifacts:/',
        truncateLongValues: true,
        now: () => Date.now() + at,
      });
    }

    const cases = MOMENTS.flatMap(([what, statements]) =>
      (['delete', 'restore'] as const).map((change) => ({ change, what, statements })),
    );

    it.each(cases)('$change: it comes too late for $what', async ({ change, statements }) => {
      const { experimentId, runId } = await createTestRun(store());
      const { to, back, stage } = CHANGES[change];
      if (change === 'restore') await store().deleteExperiment(experimentId);
      const others = repositories(LATER_MS).tracking;
      let sent = 0;
      const slow = repositories(
        0,
        haltingDatabase(store().db, async (statement) => {
          // Another finishes the change in the meantime, and it is undone.
          if (sent === statements) await others[back](experimentId);
          sent += 1;
          return statement();
        }),
      );
      // The change was made, by the other one.
      await slow.tracking[to](experimentId);
      expect(sent).toBeGreaterThan(statements);
      expect((await store().getExperiment(experimentId)).lifecycleStage).toBe(stage);
      expect((await store().getRun(runId)).info.lifecycleStage).toBe(stage);
    });
  });
});
