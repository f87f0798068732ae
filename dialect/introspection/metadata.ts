import type { ColumnMetadata, TableMetadata } from 'kysely';

/** What happens to a column that a row brings along: it is added, refused, or kept unindexed. */
export type ObjectPolicy = 'dynamic' | 'strict' | 'ignored';

/** Of a column, or of a column inside of an object: what Kysely's metadata has no place for. */
export interface CrateColumnMetadata extends ColumnMetadata {
  /** Of the innermost element where it is an array: `text` of `text_array`. */
  readonly elementType: string;
  /** How many arrays are around the element: 0 where it is none. */
  readonly arrayDimensions: number;
  /** Characters, bits, or numbers of a vector; undefined where there is no limit. */
  readonly length: number | undefined;
  /** Digits of a NUMERIC, bits of the other numbers. */
  readonly precision: number | undefined;
  /** Its place in the table, from 1; a column inside of an object has a place of its own. */
  readonly position: number;
  /** As CrateDB wrote it down: `CURRENT_TIMESTAMP`, `'x'`. */
  readonly defaultExpression: string | undefined;
  /** `GENERATED ALWAYS AS` what. */
  readonly generationExpression: string | undefined;
  /** Of an object, or an array of objects. */
  readonly objectPolicy: ObjectPolicy | undefined;
  /** Of an object, or an array of objects: the columns inside of it that CrateDB knows. */
  readonly subcolumns: readonly CrateColumnMetadata[];
}

/** A table or view with what only CrateDB has. */
export interface CrateTableMetadata extends TableMetadata {
  readonly schema: string;
  readonly columns: CrateColumnMetadata[];
  /** In its order; empty where there is none. */
  readonly primaryKey: readonly string[];
  /** The routing column; `_id` where none was chosen. Undefined for a view. */
  readonly clusteredBy: string | undefined;
  /** Of each partition, where it is partitioned. Undefined for a view. */
  readonly shards: number | undefined;
  /** A number, or a range such as `0-1` and `0-all`. Undefined for a view. */
  readonly replicas: string | undefined;
  readonly partitionedBy: readonly string[];
  /** Whether a row may bring new columns. Undefined for a view. */
  readonly columnPolicy: ObjectPolicy | undefined;
  /** Whether `ALTER TABLE … CLOSE` took it out of use. */
  readonly isClosed: boolean;
  /**
   * Table parameters as in `WITH (…)`, by their dotted names: `refresh_interval`, `codec`,
   * `translog.durability`; those at their defaults as well. Empty for a view.
   */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of the CHECK constraints that were given one or made by CrateDB; not those of NOT NULL. */
  readonly checks: readonly string[];
  /** The SELECT behind a view, as CrateDB prints it. Undefined for a table. */
  readonly viewDefinition: string | undefined;
}
