/** MLflow's limits. Lengths are code points. */

/** Key of a metric, param, or tag of a run or trace. */
export const MAX_KEY_LENGTH = 250;
export const MAX_PARAM_VALUE_LENGTH = 6_000;
export const MAX_TAG_VALUE_LENGTH = 8_000;

export const MAX_EXPERIMENT_NAME_LENGTH = 500;
export const MAX_EXPERIMENT_TAG_KEY_LENGTH = 250;
export const MAX_EXPERIMENT_TAG_VALUE_LENGTH = 5_000;
export const MAX_ARTIFACT_LOCATION_LENGTH = 2_048;

export const MAX_METRICS_PER_BATCH = 1_000;
export const MAX_PARAMS_PER_BATCH = 100;
export const MAX_TAGS_PER_BATCH = 100;
/** Metrics, params and tags together. */
export const MAX_ENTITIES_PER_BATCH = 1_000;

export const MAX_DATASET_NAME_LENGTH = 500;
export const MAX_DATASET_DIGEST_LENGTH = 36;
export const MAX_DATASET_SOURCE_LENGTH = 65_535;
export const MAX_DATASET_SCHEMA_LENGTH = 1_048_575;
export const MAX_DATASET_PROFILE_LENGTH = 16_777_215;
export const MAX_INPUT_TAG_KEY_LENGTH = 255;
export const MAX_INPUT_TAG_VALUE_LENGTH = 500;

export const MAX_LOGGED_MODEL_NAME_LENGTH = 500;
export const MAX_LOGGED_MODEL_TYPE_LENGTH = 500;
export const MAX_LOGGED_MODEL_LOCATION_LENGTH = 1_000;
/** Key of a logged model's tag or param. */
export const MAX_LOGGED_MODEL_KEY_LENGTH = 255;
export const MAX_SOURCE_RUN_ID_LENGTH = 32;

export const MAX_MODEL_NAME_LENGTH = 256;
export const MAX_MODEL_DESCRIPTION_LENGTH = 5_000;
/** Key and value of a tag of a registered model or a version; a prompt's text is such a value. */
export const MAX_MODEL_TAG_KEY_LENGTH = 250;
export const MAX_MODEL_TAG_VALUE_LENGTH = 100_000;
export const MAX_MODEL_ALIAS_LENGTH = 255;
/** Source and run link of a version. */
export const MAX_MODEL_SOURCE_LENGTH = 2_048;
export const MAX_MODEL_RUN_ID_LENGTH = 500;
export const MAX_REGISTERED_MODELS_PER_SEARCH = 1_000;
export const MAX_MODEL_VERSIONS_PER_SEARCH = 200_000;

export const MAX_TRACE_ID_LENGTH = 50;
export const MAX_CLIENT_REQUEST_ID_LENGTH = 50;
export const MAX_TRACE_PREVIEW_LENGTH = 1_000;
export const MAX_ASSESSMENT_ID_LENGTH = 50;
export const MAX_ASSESSMENT_NAME_LENGTH = 250;
export const MAX_ASSESSMENT_SOURCE_ID_LENGTH = 250;
export const MAX_SPAN_ID_LENGTH = 50;
/** Traces that one request links to a run. */
export const MAX_TRACES_PER_LINK = 100;
/** Id of a thing that is associated with another, for example a trace with a prompt's version. */
export const MAX_ASSOCIATED_ID_LENGTH = 36;

/** Items a page of a search of runs, experiments or logged models. */
export const MAX_SEARCH_RESULTS = 50_000;

/** Runs in one bulk read of histories. */
export const MAX_RUNS_IN_HISTORY = 100;
/** Points in one answer of a history, and for each run of a sampled one. */
export const MAX_POINTS_IN_HISTORY = 25_000;
/** Steps that are sampled over all runs. */
export const MAX_SAMPLED_STEPS = 2_500;

export interface ValueLimitOptions {
  /**
   * Cut values of params, tags of runs and traces, and metadata and previews of traces that are too
   * long instead of refusing them, as MLFLOW_TRUNCATE_LONG_VALUES does. Keys and all that is
   * experiments' is never cut.
   * Default: true.
   */
  readonly truncateLongValues?: boolean | undefined;
}
