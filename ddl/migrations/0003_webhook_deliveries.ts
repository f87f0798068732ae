import type { TableDefinition } from '../table-definition.js';
import type { Migration } from './migration.js';

const deliveries: TableDefinition = {
  name: 'webhook_deliveries',
  columns: [
    { name: 'delivery_id', type: 'varchar(36)', notNull: true },
    { name: 'webhook_id', type: 'varchar(256)', notNull: true },
    { name: 'model_id', type: 'text', notNull: true },
    { name: 'position', type: 'bigint', notNull: true },
    { name: 'event', type: 'varchar(101)', notNull: true },
    { name: 'model_name', type: 'text', notNull: true },
    { name: 'body', type: 'text', notNull: true },
    { name: 'proof', type: 'text', notNull: false },
    { name: 'state', type: 'varchar(20)', notNull: true },
    { name: 'attempts', type: 'integer', notNull: true },
    { name: 'owner', type: 'text', notNull: true },
    { name: 'due_at', type: 'bigint', notNull: true },
    { name: 'created_at', type: 'bigint', notNull: true },
    { name: 'finished_at', type: 'bigint', notNull: false },
    { name: 'response_status', type: 'integer', notNull: false },
    { name: 'error', type: 'text', notNull: false },
    { name: 'workspace', type: 'varchar(63)', notNull: true, default: "'default'" },
  ],
  primaryKey: ['delivery_id'],
  indexes: [
    {
      name: 'idx_webhook_deliveries_queue',
      columns: ['webhook_id', 'model_id', 'position'],
    },
    { name: 'idx_webhook_deliveries_state', columns: ['state', 'webhook_id', 'model_id'] },
  ],
  storage: { shards: 1, replicas: '0-1', largeText: ['body'] },
};

/**
 * What webhooks are to be told, and their events in one column. No data step: in a row without that
 * column the events are those of `webhook_events`.
 */
export const webhookDeliveries: Migration = {
  version: 3,
  name: 'webhook deliveries',
  steps: [
    { kind: 'create-table', table: deliveries },
    {
      kind: 'add-column',
      table: 'webhooks',
      column: { name: 'events', type: 'text', notNull: false },
    },
  ],
};
