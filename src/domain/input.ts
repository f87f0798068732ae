import type { Int64 } from './int64.js';
import type { Tag } from './tag.js';

/** A data set as MLflow knows it: what it is called and where it comes from, not its rows. */
export interface Dataset {
  readonly name: string;
  /** A short hash of the content; name and digest identify the dataset in its experiment. */
  readonly digest: string;
  readonly sourceType: string;
  /** JSON text. */
  readonly source: string;
  /** JSON text. */
  readonly schema?: string | undefined;
  /** JSON text. */
  readonly profile?: string | undefined;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  /** The tag `mlflow.data.context` says what the run used it for (`training`, …). */
  readonly tags: readonly Tag[];
}

export interface LoggedModelInput {
  readonly modelId: string;
}

export interface LoggedModelOutput {
  readonly modelId: string;
  readonly step: Int64;
}

export interface LogInputs {
  readonly datasets?: readonly DatasetInput[] | undefined;
  readonly models?: readonly LoggedModelInput[] | undefined;
}

export interface LogOutputs {
  readonly models: readonly LoggedModelOutput[];
}

/** One (experiment, name, digest, context) that some run used. */
export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  readonly context?: string | undefined;
}
