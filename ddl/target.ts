/** Which database, and where in it. */
export interface SchemaTarget {
  readonly engine: 'cratedb' | 'postgres';
  /** Where the tables go. Default: `mlflow`. */
  readonly schema?: string | undefined;
  /** CrateDB: primary shards of every table that is made, instead of each table's own number. */
  readonly shards?: number | undefined;
  /** CrateDB: `number_of_replicas` of every table that is made. Default: `0-1`. */
  readonly replicas?: number | string | undefined;
}

/** A target with its schema's name. */
export type ResolvedTarget = SchemaTarget & { readonly schema: string };

export const DEFAULT_SCHEMA = 'mlflow';

export function resolveTarget(target: SchemaTarget): ResolvedTarget {
  return { ...target, schema: target.schema ?? DEFAULT_SCHEMA };
}
