import type { Int64 } from './int64.js';
import type { LifecycleStage, ViewType } from './lifecycle.js';
import type { Tag } from './tag.js';

/** A named group of runs. */
export interface Experiment {
  /** An ascending integer, as text. `0` is the experiment `Default`. */
  readonly experimentId: string;
  /** Unique in the workspace, among the deleted ones too. */
  readonly name: string;
  /** Where the artifacts of its runs are kept, unless a run says otherwise. */
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  /** ms since the epoch. */
  readonly creationTime: Int64;
  /** ms since the epoch; set by rename, delete and restore, not by tags. */
  readonly lastUpdateTime: Int64;
  readonly tags: readonly Tag[];
}

export interface CreateExperiment {
  readonly name: string;
  /** Default: `<artifact root>/<experiment id>`. */
  readonly artifactLocation?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

export interface SearchExperiments {
  /** Default: `ACTIVE_ONLY`. */
  readonly viewType?: ViewType | undefined;
  /** Items a page, 1 to 50,000. Default: 1,000. */
  readonly maxResults?: number | undefined;
  /** MLflow's filter grammar, for example `name LIKE 'a%' AND tags.team = 'x'`. */
  readonly filter?: string | undefined;
  /** For example `['name ASC', 'creation_time DESC']`. Default: `creation_time DESC`. */
  readonly orderBy?: readonly string[] | undefined;
  readonly pageToken?: string | undefined;
}
