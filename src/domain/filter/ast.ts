import type { Int64 } from '../int64.js';

/** Operators of MLflow's filter grammar; `IN` and `NOT IN` carry a list, the last two nothing. */
export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

/**
 * One clause of a filter, already checked: the key exists, the operator fits it, and the value has
 * the key's type (a number for numeric keys, a list for `IN`, `undefined` for `IS [NOT] NULL`).
 */
export interface Clause<Type extends string, Key extends string = string> {
  readonly type: Type;
  readonly key: Key;
  readonly comparator: Comparator;
  readonly value: string | Int64 | readonly string[] | undefined;
}

export type RunAttribute =
  | 'run_id'
  | 'run_name'
  | 'status'
  | 'artifact_uri'
  | 'user_id'
  | 'start_time'
  | 'end_time';

export type RunClause =
  | Clause<'attribute', RunAttribute>
  | Clause<'metric'>
  | Clause<'param'>
  | Clause<'tag'>
  | Clause<'dataset', 'name' | 'digest' | 'context'>;

export type ExperimentClause =
  | Clause<'attribute', 'name' | 'creation_time' | 'last_update_time'>
  | Clause<'tag'>;

export type LoggedModelAttribute =
  | 'model_id'
  | 'experiment_id'
  | 'name'
  | 'artifact_location'
  | 'creation_timestamp'
  | 'last_updated_timestamp'
  | 'status'
  | 'lifecycle_stage'
  | 'model_type'
  | 'source_run_id'
  | 'status_message';

export type LoggedModelClause =
  | Clause<'attribute', LoggedModelAttribute>
  | Clause<'metric'>
  | Clause<'param'>
  | Clause<'tag'>;

export type RegisteredModelClause = Clause<'attribute', 'name'> | Clause<'tag'>;

export type ModelVersionAttribute = 'name' | 'version_number' | 'run_id' | 'source_path';

export type ModelVersionClause = Clause<'attribute', ModelVersionAttribute> | Clause<'tag'>;

/** One key of `order_by`, already checked. */
export interface Ordering<Type extends string, Key extends string = string> {
  readonly type: Type;
  readonly key: Key;
  readonly ascending: boolean;
}

export type RunOrdering =
  | Ordering<'attribute', RunAttribute>
  | Ordering<'metric'>
  | Ordering<'param'>
  | Ordering<'tag'>;

export type ExperimentOrdering = Ordering<
  'attribute',
  'name' | 'creation_time' | 'last_update_time' | 'experiment_id'
>;

export type LoggedModelOrdering =
  | Ordering<'attribute', LoggedModelAttribute>
  | (Ordering<'metric'> & {
      /** Only points on this dataset count. */
      readonly datasetName?: string | undefined;
      readonly datasetDigest?: string | undefined;
    });

export type RegisteredModelOrdering = Ordering<'attribute', 'name' | 'last_updated_timestamp'>;

export type ModelVersionOrdering = Ordering<
  'attribute',
  'name' | 'version_number' | 'creation_timestamp' | 'last_updated_timestamp'
>;
