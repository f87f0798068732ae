import {
  boolean,
  doublePrecision,
  index,
  integer,
  primaryKey,
  text,
  varchar,
} from 'drizzle-orm/pg-core';

import { int64, mlflow, workspaceName } from './columns.js';

// The AI gateway: secrets, endpoints, model definitions, guardrails, budgets.

/** An encrypted API key: the value by a data key, the data key by the server's key. */
export const secrets = mlflow.table(
  'secrets',
  {
    secret_id: varchar({ length: 36 }).primaryKey(),
    secret_name: varchar({ length: 255 }).notNull(),
    encrypted_value: text().notNull(),
    wrapped_dek: text().notNull(),
    kek_version: integer().notNull(),
    masked_value: varchar({ length: 500 }).notNull(),
    provider: varchar({ length: 64 }),
    auth_config: text(),
    description: text(),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    last_updated_by: varchar({ length: 255 }),
    last_updated_at: int64().notNull(),
    workspace: workspaceName(),
  },
  (table) => [index('idx_secrets_workspace').on(table.workspace)],
);

/** A model of a provider, with the secret to reach it. */
export const modelDefinitions = mlflow.table(
  'model_definitions',
  {
    model_definition_id: varchar({ length: 36 }).primaryKey(),
    name: varchar({ length: 255 }).notNull(),
    secret_id: varchar({ length: 36 }),
    provider: varchar({ length: 64 }).notNull(),
    model_name: varchar({ length: 256 }).notNull(),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    last_updated_by: varchar({ length: 255 }),
    last_updated_at: int64().notNull(),
    workspace: workspaceName(),
  },
  (table) => [
    index('idx_model_definitions_workspace').on(table.workspace),
    index('index_model_definitions_provider').on(table.provider),
    index('index_model_definitions_secret_id').on(table.secret_id),
  ],
);

/**
 * A gateway endpoint. `experiment_id` is wider than in the schema this follows, as wide as
 * experiments has it.
 */
export const endpoints = mlflow.table(
  'endpoints',
  {
    endpoint_id: varchar({ length: 36 }).primaryKey(),
    name: varchar({ length: 255 }),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    last_updated_by: varchar({ length: 255 }),
    last_updated_at: int64().notNull(),
    routing_strategy: varchar({ length: 64 }),
    fallback_config_json: text(),
    experiment_id: int64(),
    usage_tracking: boolean().notNull().default(false),
    workspace: workspaceName(),
  },
  (table) => [index('idx_endpoints_workspace').on(table.workspace)],
);

/** A model behind an endpoint, with its weight or place as fallback. */
export const endpointModelMappings = mlflow.table(
  'endpoint_model_mappings',
  {
    mapping_id: varchar({ length: 36 }).primaryKey(),
    endpoint_id: varchar({ length: 36 }).notNull(),
    model_definition_id: varchar({ length: 36 }).notNull(),
    weight: doublePrecision().notNull(),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    linkage_type: varchar({ length: 64 }).notNull().default('PRIMARY'),
    fallback_order: integer(),
  },
  (table) => [
    index('index_endpoint_model_mappings_endpoint_id').on(table.endpoint_id),
    index('index_endpoint_model_mappings_model_definition_id').on(table.model_definition_id),
  ],
);

/** What uses an endpoint. */
export const endpointBindings = mlflow.table(
  'endpoint_bindings',
  {
    endpoint_id: varchar({ length: 36 }).notNull(),
    resource_type: varchar({ length: 50 }).notNull(),
    resource_id: varchar({ length: 255 }).notNull(),
    created_at: int64().notNull(),
    created_by: varchar({ length: 255 }),
    last_updated_at: int64().notNull(),
    last_updated_by: varchar({ length: 255 }),
    display_name: varchar({ length: 255 }),
  },
  (table) => [
    primaryKey({ columns: [table.endpoint_id, table.resource_type, table.resource_id] }),
  ],
);

/** A tag of an endpoint. */
export const endpointTags = mlflow.table(
  'endpoint_tags',
  {
    key: varchar({ length: 250 }).notNull(),
    value: varchar({ length: 5000 }),
    endpoint_id: varchar({ length: 36 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.endpoint_id] }),
    index('index_endpoint_tags_endpoint_id').on(table.endpoint_id),
  ],
);

/** A scorer put before or after a model. */
export const guardrails = mlflow.table(
  'guardrails',
  {
    guardrail_id: varchar({ length: 36 }).primaryKey(),
    name: varchar({ length: 255 }).notNull(),
    scorer_id: varchar({ length: 36 }).notNull(),
    scorer_version: integer().notNull(),
    stage: varchar({ length: 32 }).notNull(),
    action: varchar({ length: 32 }).notNull(),
    action_endpoint_id: varchar({ length: 36 }),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    last_updated_by: varchar({ length: 255 }),
    last_updated_at: int64().notNull(),
    workspace: workspaceName(),
  },
  (table) => [
    index('idx_guardrails_scorer').on(table.scorer_id, table.scorer_version),
    index('idx_guardrails_workspace').on(table.workspace),
  ],
);

/** A guardrail at an endpoint, and its turn. */
export const guardrailConfigs = mlflow.table(
  'guardrail_configs',
  {
    endpoint_id: varchar({ length: 36 }).notNull(),
    guardrail_id: varchar({ length: 36 }).notNull(),
    execution_order: integer(),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    workspace: workspaceName(),
  },
  (table) => [
    primaryKey({ columns: [table.endpoint_id, table.guardrail_id] }),
    index('idx_guardrail_configs_guardrail_id').on(table.guardrail_id),
  ],
);

/** A budget and what happens beyond it. `budget_amount` is a double, not 4 bytes. */
export const budgetPolicies = mlflow.table(
  'budget_policies',
  {
    budget_policy_id: varchar({ length: 36 }).primaryKey(),
    budget_unit: varchar({ length: 32 }).notNull(),
    budget_amount: doublePrecision().notNull(),
    duration_unit: varchar({ length: 32 }).notNull(),
    duration_value: integer().notNull(),
    target_scope: varchar({ length: 32 }).notNull(),
    budget_action: varchar({ length: 32 }).notNull(),
    created_by: varchar({ length: 255 }),
    created_at: int64().notNull(),
    last_updated_by: varchar({ length: 255 }),
    last_updated_at: int64().notNull(),
    workspace: workspaceName(),
  },
  (table) => [index('idx_budget_policies_workspace').on(table.workspace)],
);
