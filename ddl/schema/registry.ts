import { integer, primaryKey, text } from 'drizzle-orm/pg-core';

import { int64, mlflow, randomTextUuid, workspaceName } from './columns.js';

// The model registry (prompts are registered models too).

/**
 * Ours, in every table of the registry: the *tenure* that a row belongs to, new whenever a model
 * takes a name. A row counts only while `registered_model_names` has its tenure: what a crash or a
 * late writer leaves under a name is not seen by the next model of that name.
 */
const generation = () => int64();

/** A registered model, or a prompt. `key` and `value` are no part of MLflow's table. */
export const registeredModels = mlflow.table(
  'registered_models',
  {
    name: text().notNull(),
    key: text().notNull().default(randomTextUuid),
    value: text(),
    creation_time: int64(),
    last_updated_time: int64(),
    description: text(),
    workspace: workspaceName(),
    generation: generation(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name] })],
);

/** A tag of one: up to 100,000 characters. */
export const registeredModelTags = mlflow.table(
  'registered_model_tags',
  {
    name: text().notNull(),
    key: text().notNull(),
    value: text().notNull(),
    creation_time: int64(),
    last_update_time: int64(),
    description: text(),
    workspace: workspaceName(),
    generation: generation(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key, table.name] })],
);

/** An alias: a name for one version. `version` is text here, as in the schema this follows. */
export const registeredModelAliases = mlflow.table(
  'registered_model_aliases',
  {
    name: text().notNull(),
    alias: text().notNull(),
    version: text().notNull(),
    workspace: workspaceName(),
    generation: generation(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name, table.alias] })],
);

/** A version. Numbers come from `sequences`, so none is used twice. */
export const modelVersions = mlflow.table(
  'model_versions',
  {
    name: text().notNull(),
    version: integer().notNull(),
    creation_time: int64(),
    last_updated_time: int64(),
    description: text(),
    user_id: text(),
    current_stage: text(),
    source: text(),
    storage_location: text(),
    run_id: text(),
    run_link: text(),
    status: text(),
    status_message: text(),
    workspace: workspaceName(),
    generation: generation(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name, table.version] })],
);

/** A tag of a version: up to 100,000 characters (a prompt's text is one). */
export const modelVersionTags = mlflow.table(
  'model_version_tags',
  {
    name: text().notNull(),
    version: integer().notNull(),
    key: text().notNull(),
    value: text(),
    workspace: workspaceName(),
    generation: generation(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.key, table.name, table.version] })],
);

/**
 * Ours: who bears a name. A row is made when a name is first used and stays; every change of it is
 * one atomic statement, and it alone says what is seen under the name. `state` is `creating`,
 * `live`, `moving`, `moved`, `arriving`, `deleting` or `free`; `peer` is the other name of a rename
 * and `peer_generation` the tenure there; `model_id` stays the same through renames.
 */
export const registeredModelNames = mlflow.table(
  'registered_model_names',
  {
    workspace: workspaceName(),
    name: text().notNull(),
    generation: int64().notNull(),
    state: text().notNull(),
    model_id: text().notNull(),
    peer: text(),
    peer_generation: int64(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name] })],
);
