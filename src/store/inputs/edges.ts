/**
 * The table `inputs` holds edges between things; these are the kinds that hang on a run.
 * @see https://github.com/mlflow/mlflow/blob/master/mlflow/store/tracking/dbmodels/models.py
 */
export const DATASET_OF_RUN = { source_type: 'DATASET', destination_type: 'RUN' } as const;
export const MODEL_INPUT = { source_type: 'RUN_INPUT', destination_type: 'MODEL_INPUT' } as const;
export const MODEL_OUTPUT = { source_type: 'RUN_OUTPUT', destination_type: 'MODEL_OUTPUT' } as const;
