import type { TableName } from './index.js';

/** Where a table is more than the schema it follows, or none of it: for whoever reads the SQL. */
export const notes: Partial<Record<TableName, string>> = {
  metrics: 'With a primary key, so that a batch sent twice leaves one set of points.',
  spans: 'OBJECT(IGNORED): OBJECT(DYNAMIC) refuses keys with a dot, such as mlflow.llm.model.',
  evaluation_dataset_records:
    'OBJECT(IGNORED): any JSON, where OBJECT(DYNAMIC) has one type per key for all rows.',
  jobs: 'OBJECT(IGNORED): any JSON, where OBJECT(DYNAMIC) has one type per key for all rows.',
  logged_model_metrics: 'metric_value in 8 bytes: in 4, 0.1 would come back as 0.10000000149.',
  budget_policies: 'budget_amount in 8 bytes, not 4.',
  issues: 'experiment_id as wide as that of experiments.',
  endpoints: 'experiment_id as wide as that of experiments.',
  experiment_names: "Not MLflow's: claims a name, since only a primary key is unique.",
  registered_models: 'generation is ours: see registered_model_names.',
  registered_model_tags: 'generation is ours: see registered_model_names.',
  registered_model_aliases: 'generation is ours: see registered_model_names.',
  model_versions: 'generation is ours: see registered_model_names.',
  model_version_tags: 'generation is ours: see registered_model_names.',
  registered_model_names: "Not MLflow's: who bears a name; a row counts while its generation stands here.",
  webhooks: 'events is ours: what it listens to, changed by one statement with the rest.',
  webhook_deliveries: "Not MLflow's: what webhooks are to be told, kept over a restart.",
  sequences: "Not MLflow's: counters of ids and versions.",
  intents: "Not MLflow's: work of several steps under way, finished by whoever finds it.",
  schema_migration: "Not MLflow's: who migrates these tables right now, and how far it is.",
  schema_version: "Not MLflow's: the version of these tables in this database.",
};
