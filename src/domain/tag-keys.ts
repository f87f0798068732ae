/** Keys of tags that mean something to MLflow itself. */

/** The run's name; the run's own field `run_name` says the same. */
export const RUN_NAME_TAG = 'mlflow.runName';

/** On a dataset input: what the run used it for. */
export const DATASET_CONTEXT_TAG = 'mlflow.data.context';

/** A JSON list of the models that log-model described. */
export const LOGGED_MODELS_TAG = 'mlflow.log-model.history';

/** On a logged model: a JSON list of the versions that were registered from it. */
export const MODEL_VERSIONS_TAG = 'mlflow.modelVersions';
