export type StatementKind =
  'select' | 'insert' | 'update' | 'delete' | 'refresh' | 'ddl' | 'catalog' | 'other';

/** One statement on its way to the server. */
export interface StatementEvent {
  /** The text, with placeholders. Values are not part of it, unless they were written as literals. */
  readonly sql: string;
  /** `catalog`: the dialect's own question for primary keys and views. */
  readonly kind: StatementKind;
}
