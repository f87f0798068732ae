/** Keys of tags and metadata that mean something to MLflow itself. */

/** The run's name; the run's own field `run_name` says the same. */
export const RUN_NAME_TAG = 'mlflow.runName';

/** On a trace: where its artifacts are, its spans among them. */
export const ARTIFACT_LOCATION_TAG = 'mlflow.artifactLocation';

/** On a trace: where its spans are. */
export const SPANS_LOCATION_TAG = 'mlflow.trace.spansLocation';
/** In the table `spans`. */
export const SPANS_IN_DATABASE = 'TRACKING_STORE';

/** Metadata of a trace that was logged as a whole, not span by span. */
export const TRACE_INFO_FINALIZED_KEY = 'mlflow.trace.infoFinalized';

/** Metadata of a trace: how many spans it has, and their sizes, as JSON. */
export const TRACE_SIZE_KEY = 'mlflow.trace.sizeStats';

/** Metadata of an assessment: the run that made it. */
export const ASSESSMENT_RUN_KEY = 'mlflow.assessment.sourceRunId';

/** On a dataset input: what the run used it for. */
export const DATASET_CONTEXT_TAG = 'mlflow.data.context';

/** A JSON list of the models that log-model described. */
export const LOGGED_MODELS_TAG = 'mlflow.log-model.history';

/** On a logged model: a JSON list of the versions that were registered from it. */
export const MODEL_VERSIONS_TAG = 'mlflow.modelVersions';
