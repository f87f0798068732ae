/** What can differ between the definitions and a live schema. */
export type ChangeKind =
  | 'missing-table'
  | 'extra-table'
  | 'missing-column'
  | 'extra-column'
  | 'type'
  | 'object-policy'
  | 'not-null'
  | 'default'
  | 'generated'
  | 'primary-key'
  | 'clustered-by'
  | 'partitioned-by'
  | 'index'
  | 'columnstore'
  | 'missing-index'
  | 'extra-index'
  | 'column-policy'
  | 'option'
  | 'read-only'
  | 'shards'
  | 'replicas';

/** One difference. */
export interface SchemaChange {
  readonly kind: ChangeKind;
  readonly table: string;
  readonly column?: string;
  /** What the definitions say, where there is something to say. */
  readonly expected?: string;
  /** What the database has. */
  readonly found?: string;
  /**
   * - `error`: statements of this package fail, or do the wrong thing.
   * - `warning`: they work, but not for all values, or not as fast.
   * - `note`: chosen by whoever runs the database; no drift.
   */
  readonly severity: 'error' | 'warning' | 'note';
  /** Whether `applySchema` mends it: at once, online, with nothing lost. */
  readonly safe: boolean;
  /** One line: `column runs.name is VARCHAR(10), expected TEXT`. */
  readonly message: string;
  /** What a person may do where it isn't safe. */
  readonly advice?: string;
  /** The statements of a safe change. */
  readonly sql: readonly string[];
}

/** A difference before its statements are known: those need the definitions. */
export type Difference = Omit<SchemaChange, 'sql'>;

/** Whether the schema is out of step: there is something worse than notes. */
export function isDrift(changes: readonly SchemaChange[]): boolean {
  return changes.some(({ severity }) => severity !== 'note');
}
