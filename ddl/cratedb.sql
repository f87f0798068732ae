-- MLflow's tables in CrateDB. Run it as it is: crash < ddl/cratedb.sql
-- It may be run again: what is there stays.
-- VARCHARs of user text have twice the length MLflow allows: CrateDB counts UTF-16 units.
-- Generated from ddl/schema and ddl/storage.ts by `npm run ddl:render`.

CREATE TABLE IF NOT EXISTS "mlflow"."workspaces" (
  "name" VARCHAR(63) NOT NULL,
  "description" TEXT,
  "default_artifact_root" TEXT,
  PRIMARY KEY ("name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."experiments" (
  "experiment_id" BIGINT NOT NULL,
  "name" TEXT NOT NULL,
  "artifact_location" TEXT,
  "lifecycle_stage" TEXT,
  "creation_time" BIGINT,
  "last_update_time" BIGINT,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("experiment_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."experiment_tags" (
  "key" TEXT NOT NULL,
  "value" TEXT,
  "experiment_id" BIGINT NOT NULL,
  PRIMARY KEY ("key", "experiment_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: claims a name, since only a primary key is unique.
CREATE TABLE IF NOT EXISTS "mlflow"."experiment_names" (
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "name" TEXT NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "token" TEXT NOT NULL,
  PRIMARY KEY ("workspace", "name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."runs" (
  "run_uuid" TEXT NOT NULL,
  "name" TEXT,
  "source_type" TEXT,
  "source_name" TEXT,
  "entry_point_name" TEXT,
  "user_id" TEXT,
  "status" TEXT,
  "start_time" BIGINT,
  "end_time" BIGINT,
  "deleted_time" BIGINT,
  "source_version" TEXT,
  "lifecycle_stage" TEXT,
  "artifact_uri" TEXT,
  "experiment_id" BIGINT,
  PRIMARY KEY ("run_uuid")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- With a primary key, so that a batch sent twice leaves one set of points.
CREATE TABLE IF NOT EXISTS "mlflow"."metrics" (
  "run_uuid" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" DOUBLE PRECISION NOT NULL,
  "timestamp" BIGINT NOT NULL,
  "step" BIGINT NOT NULL,
  "is_nan" BOOLEAN NOT NULL,
  PRIMARY KEY ("run_uuid", "key", "timestamp", "step", "value", "is_nan")
) CLUSTERED BY ("run_uuid") INTO 4 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."latest_metrics" (
  "run_uuid" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" DOUBLE PRECISION NOT NULL,
  "timestamp" BIGINT NOT NULL,
  "step" BIGINT NOT NULL,
  "is_nan" BOOLEAN NOT NULL,
  PRIMARY KEY ("run_uuid", "key")
) CLUSTERED BY ("run_uuid") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."params" (
  "run_uuid" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("run_uuid", "key")
) CLUSTERED BY ("run_uuid") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."tags" (
  "run_uuid" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT,
  PRIMARY KEY ("run_uuid", "key")
) CLUSTERED BY ("run_uuid") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."datasets" (
  "dataset_uuid" TEXT NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "name" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "dataset_source_type" TEXT NOT NULL,
  "dataset_source" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "dataset_schema" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "dataset_profile" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  PRIMARY KEY ("experiment_id", "name", "digest")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."inputs" (
  "input_uuid" TEXT NOT NULL,
  "source_type" TEXT NOT NULL,
  "source_id" TEXT NOT NULL,
  "destination_type" TEXT NOT NULL,
  "destination_id" TEXT NOT NULL,
  "step" BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY ("source_type", "source_id", "destination_type", "destination_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."input_tags" (
  "input_uuid" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("input_uuid", "name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."trace_info" (
  "request_id" VARCHAR(50) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "timestamp_ms" BIGINT NOT NULL,
  "execution_time_ms" BIGINT,
  "status" VARCHAR(50) NOT NULL,
  "client_request_id" VARCHAR(50),
  "request_preview" VARCHAR(2000),
  "response_preview" VARCHAR(2000),
  PRIMARY KEY ("request_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."trace_tags" (
  "request_id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("request_id", "key")
) CLUSTERED BY ("request_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."trace_request_metadata" (
  "request_id" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  PRIMARY KEY ("request_id", "key")
) CLUSTERED BY ("request_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."trace_metrics" (
  "request_id" VARCHAR(50) NOT NULL,
  "key" VARCHAR(500) NOT NULL,
  "value" DOUBLE PRECISION,
  PRIMARY KEY ("request_id", "key")
) CLUSTERED BY ("request_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- OBJECT(IGNORED): OBJECT(DYNAMIC) refuses keys with a dot, such as mlflow.llm.model.
CREATE TABLE IF NOT EXISTS "mlflow"."spans" (
  "trace_id" VARCHAR(50) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "span_id" VARCHAR(50) NOT NULL,
  "parent_span_id" VARCHAR(50),
  "name" TEXT,
  "type" VARCHAR(1000),
  "status" VARCHAR(50) NOT NULL,
  "start_time_unix_nano" BIGINT NOT NULL,
  "end_time_unix_nano" BIGINT,
  "duration_ns" BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano),
  "content" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "dimension_attributes" OBJECT(IGNORED),
  PRIMARY KEY ("trace_id", "span_id")
) CLUSTERED BY ("trace_id") INTO 4 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."span_metrics" (
  "trace_id" VARCHAR(50) NOT NULL,
  "span_id" VARCHAR(50) NOT NULL,
  "key" VARCHAR(500) NOT NULL,
  "value" DOUBLE PRECISION,
  PRIMARY KEY ("trace_id", "span_id", "key")
) CLUSTERED BY ("trace_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."assessments" (
  "assessment_id" VARCHAR(50) NOT NULL,
  "trace_id" VARCHAR(50) NOT NULL,
  "name" VARCHAR(500) NOT NULL,
  "assessment_type" VARCHAR(20) NOT NULL,
  "value" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "error" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "created_timestamp" BIGINT NOT NULL,
  "last_updated_timestamp" BIGINT NOT NULL,
  "source_type" VARCHAR(50) NOT NULL,
  "source_id" VARCHAR(500),
  "run_id" VARCHAR(32),
  "span_id" VARCHAR(50),
  "rationale" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "overrides" VARCHAR(50),
  "valid" BOOLEAN NOT NULL,
  "assessment_metadata" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  PRIMARY KEY ("assessment_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- experiment_id as wide as that of experiments.
CREATE TABLE IF NOT EXISTS "mlflow"."issues" (
  "issue_id" VARCHAR(36) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "name" VARCHAR(500) NOT NULL,
  "description" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "status" VARCHAR(50) NOT NULL,
  "severity" VARCHAR(50),
  "root_causes" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "source_run_id" VARCHAR(32),
  "categories" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "created_timestamp" BIGINT NOT NULL,
  "last_updated_timestamp" BIGINT NOT NULL,
  "created_by" VARCHAR(510),
  PRIMARY KEY ("issue_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."evaluation_datasets" (
  "dataset_id" VARCHAR(36) NOT NULL,
  "name" VARCHAR(510) NOT NULL,
  "schema" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "profile" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "digest" VARCHAR(64),
  "created_time" BIGINT,
  "last_update_time" BIGINT,
  "created_by" VARCHAR(510),
  "last_updated_by" VARCHAR(510),
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("dataset_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."evaluation_dataset_tags" (
  "dataset_id" VARCHAR(36) NOT NULL,
  "key" VARCHAR(510) NOT NULL,
  "value" VARCHAR(10000),
  PRIMARY KEY ("dataset_id", "key")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- OBJECT(IGNORED): any JSON, where OBJECT(DYNAMIC) has one type per key for all rows.
CREATE TABLE IF NOT EXISTS "mlflow"."evaluation_dataset_records" (
  "dataset_record_id" VARCHAR(36) NOT NULL,
  "dataset_id" VARCHAR(36) NOT NULL,
  "inputs" OBJECT(IGNORED) NOT NULL,
  "expectations" OBJECT(IGNORED),
  "tags" OBJECT(IGNORED),
  "source" OBJECT(IGNORED),
  "source_id" VARCHAR(36),
  "source_type" VARCHAR(510),
  "created_time" BIGINT,
  "last_update_time" BIGINT,
  "created_by" VARCHAR(510),
  "last_updated_by" VARCHAR(510),
  "input_hash" VARCHAR(64) NOT NULL,
  "outputs" OBJECT(IGNORED),
  PRIMARY KEY ("dataset_record_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."entity_associations" (
  "association_id" VARCHAR(36) NOT NULL,
  "source_type" VARCHAR(36) NOT NULL,
  "source_id" VARCHAR(36) NOT NULL,
  "destination_type" VARCHAR(36) NOT NULL,
  "destination_id" VARCHAR(36) NOT NULL,
  "created_time" BIGINT,
  PRIMARY KEY ("source_type", "source_id", "destination_type", "destination_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."logged_models" (
  "model_id" VARCHAR(36) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "name" VARCHAR(1000) NOT NULL,
  "artifact_location" VARCHAR(2000) NOT NULL,
  "creation_timestamp_ms" BIGINT NOT NULL,
  "last_updated_timestamp_ms" BIGINT NOT NULL,
  "status" INTEGER NOT NULL,
  "lifecycle_stage" VARCHAR(32),
  "model_type" VARCHAR(1000),
  "source_run_id" VARCHAR(32),
  "status_message" VARCHAR(2000),
  PRIMARY KEY ("model_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- metric_value in 8 bytes: in 4, 0.1 would come back as 0.10000000149.
CREATE TABLE IF NOT EXISTS "mlflow"."logged_model_metrics" (
  "model_id" VARCHAR(36) NOT NULL,
  "metric_name" VARCHAR(1000) NOT NULL,
  "metric_timestamp_ms" BIGINT NOT NULL,
  "metric_step" BIGINT NOT NULL,
  "metric_value" DOUBLE PRECISION,
  "experiment_id" BIGINT NOT NULL,
  "run_id" VARCHAR(32) NOT NULL,
  "dataset_uuid" VARCHAR(36),
  "dataset_name" VARCHAR(1000),
  "dataset_digest" VARCHAR(36),
  PRIMARY KEY ("model_id", "metric_name", "metric_timestamp_ms", "metric_step", "run_id")
) CLUSTERED BY ("model_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."logged_model_params" (
  "model_id" VARCHAR(36) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "param_key" VARCHAR(510) NOT NULL,
  "param_value" TEXT NOT NULL,
  PRIMARY KEY ("model_id", "param_key")
) CLUSTERED BY ("model_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."logged_model_tags" (
  "model_id" VARCHAR(36) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "tag_key" VARCHAR(510) NOT NULL,
  "tag_value" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  PRIMARY KEY ("model_id", "tag_key")
) CLUSTERED BY ("model_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- generation is ours: see registered_model_names.
CREATE TABLE IF NOT EXISTS "mlflow"."registered_models" (
  "name" TEXT NOT NULL,
  "key" TEXT DEFAULT gen_random_text_uuid() NOT NULL,
  "value" TEXT,
  "creation_time" BIGINT,
  "last_updated_time" BIGINT,
  "description" TEXT,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "generation" BIGINT,
  PRIMARY KEY ("workspace", "name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- generation is ours: see registered_model_names.
CREATE TABLE IF NOT EXISTS "mlflow"."registered_model_tags" (
  "name" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "creation_time" BIGINT,
  "last_update_time" BIGINT,
  "description" TEXT,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "generation" BIGINT,
  PRIMARY KEY ("workspace", "key", "name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- generation is ours: see registered_model_names.
CREATE TABLE IF NOT EXISTS "mlflow"."registered_model_aliases" (
  "name" TEXT NOT NULL,
  "alias" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "generation" BIGINT,
  PRIMARY KEY ("workspace", "name", "alias")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: who bears a name; a row counts while its generation stands here.
CREATE TABLE IF NOT EXISTS "mlflow"."registered_model_names" (
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "name" TEXT NOT NULL,
  "generation" BIGINT NOT NULL,
  "state" TEXT NOT NULL,
  "model_id" TEXT NOT NULL,
  "peer" TEXT,
  "peer_generation" BIGINT,
  PRIMARY KEY ("workspace", "name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- generation is ours: see registered_model_names.
CREATE TABLE IF NOT EXISTS "mlflow"."model_versions" (
  "name" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "creation_time" BIGINT,
  "last_updated_time" BIGINT,
  "description" TEXT,
  "user_id" TEXT,
  "current_stage" TEXT,
  "source" TEXT,
  "storage_location" TEXT,
  "run_id" TEXT,
  "run_link" TEXT,
  "status" TEXT,
  "status_message" TEXT,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "generation" BIGINT,
  PRIMARY KEY ("workspace", "name", "version")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- generation is ours: see registered_model_names.
CREATE TABLE IF NOT EXISTS "mlflow"."model_version_tags" (
  "name" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  "value" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "generation" BIGINT,
  PRIMARY KEY ("workspace", "key", "name", "version")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- events is ours: what it listens to, changed by one statement with the rest.
CREATE TABLE IF NOT EXISTS "mlflow"."webhooks" (
  "webhook_id" VARCHAR(512) NOT NULL,
  "name" VARCHAR(512) NOT NULL,
  "description" VARCHAR(2000),
  "url" VARCHAR(1000) NOT NULL,
  "status" VARCHAR(20) DEFAULT 'ACTIVE' NOT NULL,
  "secret" VARCHAR(2000),
  "creation_timestamp" BIGINT,
  "last_updated_timestamp" BIGINT,
  "deleted_timestamp" BIGINT,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "events" TEXT,
  PRIMARY KEY ("webhook_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."webhook_events" (
  "webhook_id" VARCHAR(512) NOT NULL,
  "entity" VARCHAR(50) NOT NULL,
  "action" VARCHAR(50) NOT NULL,
  PRIMARY KEY ("webhook_id", "entity", "action")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: what webhooks are to be told, kept over a restart.
CREATE TABLE IF NOT EXISTS "mlflow"."webhook_deliveries" (
  "delivery_id" VARCHAR(36) NOT NULL,
  "webhook_id" VARCHAR(512) NOT NULL,
  "model_id" TEXT NOT NULL,
  "position" BIGINT NOT NULL,
  "event" VARCHAR(101) NOT NULL,
  "model_name" TEXT NOT NULL,
  "body" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "proof" TEXT,
  "state" VARCHAR(20) NOT NULL,
  "attempts" INTEGER NOT NULL,
  "owner" TEXT NOT NULL,
  "due_at" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "finished_at" BIGINT,
  "response_status" INTEGER,
  "error" TEXT,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("delivery_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."scorers" (
  "experiment_id" BIGINT NOT NULL,
  "scorer_name" VARCHAR(512) NOT NULL,
  "scorer_id" VARCHAR(36) NOT NULL,
  PRIMARY KEY ("scorer_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."scorer_versions" (
  "scorer_id" VARCHAR(36) NOT NULL,
  "scorer_version" INTEGER NOT NULL,
  "serialized_scorer" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "creation_time" BIGINT,
  PRIMARY KEY ("scorer_id", "scorer_version")
) CLUSTERED BY ("scorer_id") INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."online_scoring_configs" (
  "online_scoring_config_id" VARCHAR(36) NOT NULL,
  "scorer_id" VARCHAR(36) NOT NULL,
  "sample_rate" DOUBLE PRECISION NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "filter_string" TEXT,
  PRIMARY KEY ("online_scoring_config_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."secrets" (
  "secret_id" VARCHAR(36) NOT NULL,
  "secret_name" VARCHAR(510) NOT NULL,
  "encrypted_value" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "wrapped_dek" TEXT NOT NULL,
  "kek_version" INTEGER NOT NULL,
  "masked_value" VARCHAR(1000) NOT NULL,
  "provider" VARCHAR(64),
  "auth_config" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "description" TEXT,
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "last_updated_by" VARCHAR(510),
  "last_updated_at" BIGINT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("secret_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."model_definitions" (
  "model_definition_id" VARCHAR(36) NOT NULL,
  "name" VARCHAR(510) NOT NULL,
  "secret_id" VARCHAR(36),
  "provider" VARCHAR(64) NOT NULL,
  "model_name" VARCHAR(512) NOT NULL,
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "last_updated_by" VARCHAR(510),
  "last_updated_at" BIGINT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("model_definition_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- experiment_id as wide as that of experiments.
CREATE TABLE IF NOT EXISTS "mlflow"."endpoints" (
  "endpoint_id" VARCHAR(36) NOT NULL,
  "name" VARCHAR(510),
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "last_updated_by" VARCHAR(510),
  "last_updated_at" BIGINT NOT NULL,
  "routing_strategy" VARCHAR(64),
  "fallback_config_json" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "experiment_id" BIGINT,
  "usage_tracking" BOOLEAN DEFAULT false NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("endpoint_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."endpoint_model_mappings" (
  "mapping_id" VARCHAR(36) NOT NULL,
  "endpoint_id" VARCHAR(36) NOT NULL,
  "model_definition_id" VARCHAR(36) NOT NULL,
  "weight" DOUBLE PRECISION NOT NULL,
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "linkage_type" VARCHAR(64) DEFAULT 'PRIMARY' NOT NULL,
  "fallback_order" INTEGER,
  PRIMARY KEY ("mapping_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."endpoint_bindings" (
  "endpoint_id" VARCHAR(36) NOT NULL,
  "resource_type" VARCHAR(50) NOT NULL,
  "resource_id" VARCHAR(510) NOT NULL,
  "created_at" BIGINT NOT NULL,
  "created_by" VARCHAR(510),
  "last_updated_at" BIGINT NOT NULL,
  "last_updated_by" VARCHAR(510),
  "display_name" VARCHAR(510),
  PRIMARY KEY ("endpoint_id", "resource_type", "resource_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."endpoint_tags" (
  "key" VARCHAR(500) NOT NULL,
  "value" VARCHAR(10000),
  "endpoint_id" VARCHAR(36) NOT NULL,
  PRIMARY KEY ("key", "endpoint_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."guardrails" (
  "guardrail_id" VARCHAR(36) NOT NULL,
  "name" VARCHAR(510) NOT NULL,
  "scorer_id" VARCHAR(36) NOT NULL,
  "scorer_version" INTEGER NOT NULL,
  "stage" VARCHAR(32) NOT NULL,
  "action" VARCHAR(32) NOT NULL,
  "action_endpoint_id" VARCHAR(36),
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "last_updated_by" VARCHAR(510),
  "last_updated_at" BIGINT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("guardrail_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

CREATE TABLE IF NOT EXISTS "mlflow"."guardrail_configs" (
  "endpoint_id" VARCHAR(36) NOT NULL,
  "guardrail_id" VARCHAR(36) NOT NULL,
  "execution_order" INTEGER,
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("endpoint_id", "guardrail_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- budget_amount in 8 bytes, not 4.
CREATE TABLE IF NOT EXISTS "mlflow"."budget_policies" (
  "budget_policy_id" VARCHAR(36) NOT NULL,
  "budget_unit" VARCHAR(32) NOT NULL,
  "budget_amount" DOUBLE PRECISION NOT NULL,
  "duration_unit" VARCHAR(32) NOT NULL,
  "duration_value" INTEGER NOT NULL,
  "target_scope" VARCHAR(32) NOT NULL,
  "budget_action" VARCHAR(32) NOT NULL,
  "created_by" VARCHAR(510),
  "created_at" BIGINT NOT NULL,
  "last_updated_by" VARCHAR(510),
  "last_updated_at" BIGINT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  PRIMARY KEY ("budget_policy_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- OBJECT(IGNORED): any JSON, where OBJECT(DYNAMIC) has one type per key for all rows.
CREATE TABLE IF NOT EXISTS "mlflow"."jobs" (
  "id" VARCHAR(36) NOT NULL,
  "creation_time" BIGINT NOT NULL,
  "job_name" VARCHAR(1000) NOT NULL,
  "params" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "timeout" DOUBLE PRECISION,
  "status" INTEGER NOT NULL,
  "result" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "retry_count" INTEGER NOT NULL,
  "last_update_time" BIGINT NOT NULL,
  "workspace" VARCHAR(63) DEFAULT 'default' NOT NULL,
  "status_details" OBJECT(IGNORED),
  PRIMARY KEY ("id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: counters of ids and versions.
CREATE TABLE IF NOT EXISTS "mlflow"."sequences" (
  "name" TEXT NOT NULL,
  "value" BIGINT NOT NULL,
  PRIMARY KEY ("name")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: work of several steps under way, finished by whoever finds it.
CREATE TABLE IF NOT EXISTS "mlflow"."intents" (
  "intent_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "payload" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "owner" TEXT NOT NULL,
  "lease_until" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("intent_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: who migrates these tables right now, and how far it is.
CREATE TABLE IF NOT EXISTS "mlflow"."schema_migration" (
  "component" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "lease_until" BIGINT NOT NULL,
  "version" INTEGER NOT NULL,
  "step" INTEGER NOT NULL,
  PRIMARY KEY ("component")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');

-- Not MLflow's: the version of these tables in this database.
CREATE TABLE IF NOT EXISTS "mlflow"."schema_version" (
  "component" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "applied_at" BIGINT NOT NULL,
  PRIMARY KEY ("component")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1');
