import { registeredModelNames } from './0002_registered_model_names.js';
import { webhookDeliveries } from './0003_webhook_deliveries.js';
import type { Migration } from './migration.js';

export type {
  AddColumnStep,
  CreateIndexStep,
  CreateTableStep,
  DataStep,
  Migration,
  MigrationStep,
} from './migration.js';

/** All of them, by ascending version. */
export const migrations: readonly Migration[] = [registeredModelNames, webhookDeliveries];
