import type { Int64 } from '../int64.js';
import type { Tag } from '../tag.js';
import type { ModelStage } from './stage.js';

/**
 * One version of a registered model.
 * @see https://mlflow.org/docs/latest/api_reference/python_api/mlflow.entities.html#mlflow.entities.model_registry.ModelVersion
 */
export interface ModelVersion {
  readonly name: string;
  /** 1, 2, 3 …; a number is never used twice in a model. */
  readonly version: number;
  /** ms since the epoch. */
  readonly creationTimestamp: Int64;
  /** ms since the epoch; tags and aliases don't count. */
  readonly lastUpdatedTimestamp: Int64;
  readonly description?: string | undefined;
  readonly userId?: string | undefined;
  readonly currentStage: ModelStage;
  /** Where the model came from: the URI that it was registered with. */
  readonly source?: string | undefined;
  readonly runId?: string | undefined;
  readonly runLink?: string | undefined;
  readonly status: string;
  readonly statusMessage?: string | undefined;
  readonly tags: readonly Tag[];
  /** Empty in what searches find, and in a model's latest versions. */
  readonly aliases: readonly string[];
}

export interface CreateModelVersion {
  readonly name: string;
  /**
   * Where the model's files are. `models:/m-…` stands for a logged model, `models:/name/1` for
   * another version: its place is then this one's.
   */
  readonly source: string;
  /** Default: the run that made the logged model in `source` or `modelId`. */
  readonly runId?: string | undefined;
  /** Of a key given twice, the last one counts. */
  readonly tags?: readonly Tag[] | undefined;
  readonly runLink?: string | undefined;
  readonly description?: string | undefined;
  /** The logged model that becomes a version. It must exist. */
  readonly modelId?: string | undefined;
}

export interface TransitionModelVersionStage {
  readonly name: string;
  readonly version: string | number;
  /** In any case. */
  readonly stage: string;
  /** Moves what was in that stage to `Archived`; only for `Staging` and `Production`. */
  readonly archiveExistingVersions?: boolean | undefined;
}

export interface SearchModelVersions {
  /**
   * MLflow's filter grammar, for example `name = 'm' AND tags.team = 'x'`. Prompts as for models.
   */
  readonly filter?: string | undefined;
  /** Versions a page, 1 to 200,000. Default: 200,000. */
  readonly maxResults?: number | undefined;
  /**
   * `name`, `version_number`, `creation_timestamp`, `last_updated_timestamp`. Default: the last
   * update first. Ties: name, then the highest version first.
   */
  readonly orderBy?: readonly string[] | undefined;
  readonly pageToken?: string | undefined;
}
