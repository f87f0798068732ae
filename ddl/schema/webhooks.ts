import { index, primaryKey, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow, workspaceName } from './columns.js';

// Webhooks on registry events.

/** A webhook. `deleted_timestamp` marks a deleted one. */
export const webhooks = mlflow.table(
  'webhooks',
  {
    webhook_id: varchar({ length: 256 }).primaryKey(),
    name: varchar({ length: 256 }).notNull(),
    description: varchar({ length: 1000 }),
    url: varchar({ length: 500 }).notNull(),
    status: varchar({ length: 20 }).notNull().default('ACTIVE'),
    secret: varchar({ length: 1000 }),
    creation_timestamp: int64(),
    last_updated_timestamp: int64(),
    deleted_timestamp: int64(),
    workspace: workspaceName(),
  },
  (table) => [
    index('idx_webhooks_name').on(table.name),
    index('idx_webhooks_status').on(table.status),
    index('idx_webhooks_workspace').on(table.workspace),
  ],
);

/** An event that a webhook listens to. */
export const webhookEvents = mlflow.table(
  'webhook_events',
  {
    webhook_id: varchar({ length: 256 }).notNull(),
    entity: varchar({ length: 50 }).notNull(),
    action: varchar({ length: 50 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.webhook_id, table.entity, table.action] }),
    index('idx_webhook_events_action').on(table.action),
    index('idx_webhook_events_entity_action').on(table.entity, table.action),
  ],
);
