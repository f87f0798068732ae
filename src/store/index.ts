/** @module MLflow's tracking store over a Kysely database: one repository an aggregate. */
import type { StoreContext } from './context.js';
import { ensureDefaultExperiment } from './experiments/create.js';
import { lifecycleIntentHandlers } from './experiments/lifecycle.js';
import { experimentRepository } from './experiments/repository.js';
import { inputRepository } from './inputs/repository.js';
import { loggedModelRepository } from './logged-models/repository.js';
import { metricRepository } from './metrics/repository.js';
import { paramRepository } from './params/repository.js';
import { adoptModels } from './registry/adopt.js';
import { registryIntentHandlers } from './registry/intents.js';
import { registryRepository } from './registry/repository.js';
import { runRepository } from './runs/repository.js';
import { createIntents, type Intents } from './sql/intents.js';
import type { ModelRegistryStore, TrackingStore } from './store.js';
import { tagRepository } from './tags/repository.js';
import { traceRepository } from './traces/repository.js';
import { createWebhooks, type WebhookOptions, type Webhooks } from './webhooks/index.js';
import { noWebhooks } from './webhooks/none.js';

export type { StoreContext } from './context.js';
export type {
  ExperimentStore,
  InputStore,
  LoggedModelStore,
  MetricStore,
  ModelRegistryStore,
  ParamStore,
  RunStore,
  TagStore,
  TraceStore,
  TrackingStore,
  WebhookStore,
} from './store.js';
export type { WebhookOptions, Webhooks } from './webhooks/index.js';
export type { Claim, DeliveryQueue, Outcome, QueueKey, Target } from './webhooks/queue.js';

export interface Repositories {
  readonly tracking: TrackingStore;
  readonly registry: ModelRegistryStore;
  readonly webhooks: Webhooks;
  /** Finishes what a crash interrupted and creates the default experiment. Safe to repeat. */
  readonly prepare: () => Promise<void>;
  /** Finishes changes whose process died; answers how many. */
  readonly finishAbandoned: () => Promise<number>;
}

/** @param webhookOptions Default: it takes no new webhook. */
export function createRepositories(
  context: StoreContext,
  webhookOptions: WebhookOptions = noWebhooks,
): Repositories {
  const webhooks = createWebhooks(context, webhookOptions);
  const intents: Intents = createIntents(context, {
    handlers: {
      ...lifecycleIntentHandlers(context),
      ...registryIntentHandlers(context, () => intents),
    },
  });
  return {
    tracking: {
      ...experimentRepository(context, intents),
      ...runRepository(context),
      ...metricRepository(context),
      ...paramRepository(context),
      ...tagRepository(context),
      ...inputRepository(context),
      ...loggedModelRepository(context),
      ...traceRepository(context),
    },
    registry: registryRepository(context, intents, webhooks.outbox),
    webhooks,
    async prepare() {
      await ensureDefaultExperiment(context);
      await intents.finishAbandoned();
      await adoptModels(context, intents);
      await webhooks.noticeForeign();
    },
    async finishAbandoned() {
      const finished = await intents.finishAbandoned();
      await webhooks.noticeForeign();
      return finished + (await adoptModels(context, intents));
    },
  };
}
