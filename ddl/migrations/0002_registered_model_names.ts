import type { TableDefinition } from '../table-definition.js';
import type { Migration } from './migration.js';

const names: TableDefinition = {
  name: 'registered_model_names',
  columns: [
    { name: 'workspace', type: 'varchar(63)', notNull: true, default: "'default'" },
    { name: 'name', type: 'text', notNull: true },
    { name: 'generation', type: 'bigint', notNull: true },
    { name: 'state', type: 'text', notNull: true },
    { name: 'model_id', type: 'text', notNull: true },
    { name: 'peer', type: 'text', notNull: false },
    { name: 'peer_generation', type: 'bigint', notNull: false },
  ],
  primaryKey: ['workspace', 'name'],
  indexes: [],
  storage: { shards: 1, replicas: '0-1', largeText: [] },
};

const REGISTRY_TABLES = [
  'registered_models',
  'registered_model_tags',
  'registered_model_aliases',
  'model_versions',
  'model_version_tags',
];

/**
 * Who bears the name of a registered model. No data step: no program of version 1 wrote to the
 * registry's tables.
 */
export const registeredModelNames: Migration = {
  version: 2,
  name: 'names of registered models',
  steps: [
    { kind: 'create-table', table: names },
    ...REGISTRY_TABLES.map((table) => ({
      kind: 'add-column' as const,
      table,
      column: { name: 'generation', type: 'bigint', notNull: false as const },
    })),
  ],
};
