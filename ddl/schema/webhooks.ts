import { index, integer, primaryKey, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow, workspaceName } from './columns.js';

// Webhooks on registry events.

/**
 * A webhook. `deleted_timestamp` marks a deleted one. `events` is ours: the events it listens to,
 * as JSON (`["model_version.created"]`), so that one statement changes them with the rest; null in
 * a row that another program wrote, whose events are those in `webhook_events`.
 */
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
    events: text(),
  },
  (table) => [
    index('idx_webhooks_name').on(table.name),
    index('idx_webhooks_status').on(table.status),
    index('idx_webhooks_workspace').on(table.workspace),
  ],
);

/** An event that a webhook listens to: for whoever reads MLflow's tables. */
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

/**
 * Ours: what webhooks are to be told, written before the change that it tells of. One row a webhook
 * and event; its queue is that of (`webhook_id`, `model_id`), in the order of `position`. Its `state`:
 *
 * - `pending`: the change is under way, by a server that counts as alive until `due_at`,
 * - `ready`: to be sent at `due_at` (ms of the database's clock), or being sent by `owner` till then,
 * - `delivered`, `failed` (a dead letter), `cancelled` (its webhook was deleted), `withdrawn` (the
 *   change was not made).
 *
 * `model_id` stays the same through renames; `model_name` is the one the event happened under.
 * `proof` says by what a `pending` row shows whether its change was made, as JSON.
 */
export const webhookDeliveries = mlflow.table(
  'webhook_deliveries',
  {
    delivery_id: varchar({ length: 36 }).primaryKey(),
    webhook_id: varchar({ length: 256 }).notNull(),
    model_id: text().notNull(),
    position: int64().notNull(),
    event: varchar({ length: 101 }).notNull(),
    model_name: text().notNull(),
    body: text().notNull(),
    proof: text(),
    state: varchar({ length: 20 }).notNull(),
    attempts: integer().notNull(),
    owner: text().notNull(),
    due_at: int64().notNull(),
    created_at: int64().notNull(),
    finished_at: int64(),
    response_status: integer(),
    error: text(),
    workspace: workspaceName(),
  },
  (table) => [
    index('idx_webhook_deliveries_queue').on(table.webhook_id, table.model_id, table.position),
    index('idx_webhook_deliveries_state').on(table.state, table.webhook_id, table.model_id),
  ],
);
