import { assessments, issues } from './assessments.js';
import { intents, schemaMigration, schemaVersion, sequences } from './coordination.js';
import {
  entityAssociations,
  evaluationDatasetRecords,
  evaluationDatasetTags,
  evaluationDatasets,
} from './evaluation.js';
import { experimentNames, experimentTags, experiments } from './experiments.js';
import {
  budgetPolicies,
  endpointBindings,
  endpointModelMappings,
  endpointTags,
  endpoints,
  guardrailConfigs,
  guardrails,
  modelDefinitions,
  secrets,
} from './gateway.js';
import { datasets, inputTags, inputs } from './inputs.js';
import { jobs } from './jobs.js';
import {
  loggedModelMetrics,
  loggedModelParams,
  loggedModelTags,
  loggedModels,
} from './logged-models.js';
import {
  modelVersionTags,
  modelVersions,
  registeredModelAliases,
  registeredModelNames,
  registeredModelTags,
  registeredModels,
} from './registry.js';
import { latestMetrics, metrics, params, runs, tags } from './runs.js';
import { onlineScoringConfigs, scorerVersions, scorers } from './scorers.js';
import {
  spanMetrics,
  spans,
  traceInfo,
  traceMetrics,
  traceRequestMetadata,
  traceTags,
} from './traces.js';
import { webhookDeliveries, webhookEvents, webhooks } from './webhooks.js';
import { workspaces } from './workspaces.js';

/** All tables by their names, in order of creation. */
export const tables = {
  workspaces,
  experiments,
  experiment_tags: experimentTags,
  experiment_names: experimentNames,
  runs,
  metrics,
  latest_metrics: latestMetrics,
  params,
  tags,
  datasets,
  inputs,
  input_tags: inputTags,
  trace_info: traceInfo,
  trace_tags: traceTags,
  trace_request_metadata: traceRequestMetadata,
  trace_metrics: traceMetrics,
  spans,
  span_metrics: spanMetrics,
  assessments,
  issues,
  evaluation_datasets: evaluationDatasets,
  evaluation_dataset_tags: evaluationDatasetTags,
  evaluation_dataset_records: evaluationDatasetRecords,
  entity_associations: entityAssociations,
  logged_models: loggedModels,
  logged_model_metrics: loggedModelMetrics,
  logged_model_params: loggedModelParams,
  logged_model_tags: loggedModelTags,
  registered_models: registeredModels,
  registered_model_tags: registeredModelTags,
  registered_model_aliases: registeredModelAliases,
  registered_model_names: registeredModelNames,
  model_versions: modelVersions,
  model_version_tags: modelVersionTags,
  webhooks,
  webhook_events: webhookEvents,
  webhook_deliveries: webhookDeliveries,
  scorers,
  scorer_versions: scorerVersions,
  online_scoring_configs: onlineScoringConfigs,
  secrets,
  model_definitions: modelDefinitions,
  endpoints,
  endpoint_model_mappings: endpointModelMappings,
  endpoint_bindings: endpointBindings,
  endpoint_tags: endpointTags,
  guardrails,
  guardrail_configs: guardrailConfigs,
  budget_policies: budgetPolicies,
  jobs,
  sequences,
  intents,
  schema_migration: schemaMigration,
  schema_version: schemaVersion,
} as const;

export type TableName = keyof typeof tables;

export const tableNames = Object.keys(tables) as readonly TableName[];
