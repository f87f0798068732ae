/** @module MLflow's tracking store over a Kysely database: one repository an aggregate. */
import type { StoreContext } from './context.js';
import { ensureDefaultExperiment } from './experiments/create.js';
import { lifecycleIntentHandlers } from './experiments/lifecycle.js';
import { experimentRepository } from './experiments/repository.js';
import { inputRepository } from './inputs/repository.js';
import { loggedModelRepository } from './logged-models/repository.js';
import { metricRepository } from './metrics/repository.js';
import { paramRepository } from './params/repository.js';
import { runRepository } from './runs/repository.js';
import { createIntents } from './sql/intents.js';
import type { TrackingStore } from './store.js';
import { tagRepository } from './tags/repository.js';

export type { StoreContext } from './context.js';
export type {
  ExperimentStore,
  InputStore,
  LoggedModelStore,
  MetricStore,
  ParamStore,
  RunStore,
  TagStore,
  TrackingStore,
} from './store.js';

export interface Repositories {
  readonly tracking: TrackingStore;
  /** Finishes what a crash interrupted and creates the default experiment. Safe to repeat. */
  readonly prepare: () => Promise<void>;
  /** Finishes changes whose process died; answers how many. */
  readonly finishAbandoned: () => Promise<number>;
}

export function createRepositories(context: StoreContext): Repositories {
  const intents = createIntents(context, { handlers: lifecycleIntentHandlers(context) });
  return {
    tracking: {
      ...experimentRepository(context, intents),
      ...runRepository(context),
      ...metricRepository(context),
      ...paramRepository(context),
      ...tagRepository(context),
      ...inputRepository(context),
      ...loggedModelRepository(context),
    },
    async prepare() {
      await ensureDefaultExperiment(context);
      await intents.finishAbandoned();
    },
    finishAbandoned: () => intents.finishAbandoned(),
  };
}
