import type { Int64 } from '../int64.js';
import type { Tag } from '../tag.js';
import type { ModelVersion } from './model-version.js';

/** A name for one version of a model, which can be moved to another. */
export interface ModelAlias {
  readonly alias: string;
  readonly version: number;
}

/**
 * A name under which versions of a model are kept; a prompt is one too, with the tag
 * `mlflow.prompt.is_prompt`.
 * @see https://mlflow.org/docs/latest/ml/model-registry/
 */
export interface RegisteredModel {
  readonly name: string;
  /** ms since the epoch. */
  readonly creationTimestamp: Int64;
  /** ms since the epoch; a new, deleted or moved version counts as an update, tags don't. */
  readonly lastUpdatedTimestamp: Int64;
  readonly description?: string | undefined;
  /** The highest version of each stage, without aliases. */
  readonly latestVersions: readonly ModelVersion[];
  readonly tags: readonly Tag[];
  readonly aliases: readonly ModelAlias[];
}

export interface CreateRegisteredModel {
  /** Not blank, without `/` and `:`; up to 256 characters. */
  readonly name: string;
  /** Of a key given twice, the last one counts. */
  readonly tags?: readonly Tag[] | undefined;
  readonly description?: string | undefined;
}

export interface SearchRegisteredModels {
  /**
   * MLflow's filter grammar, for example `name LIKE 'a%' AND tags.team = 'x'`. Prompts are found
   * only by ``tags.`mlflow.prompt.is_prompt` = 'true'``, and then nothing else.
   */
  readonly filter?: string | undefined;
  /** Models a page, 1 to 1,000. Default: 100. */
  readonly maxResults?: number | undefined;
  /** `name` or `timestamp` (of the last update), `ASC` or `DESC`. Default, and for ties: name. */
  readonly orderBy?: readonly string[] | undefined;
  readonly pageToken?: string | undefined;
}
