import type {
  Expression,
  ExpressionBuilder,
  ExtractTypeFromReferenceExpression,
  StringReference,
} from 'kysely';

/** A column by its name, `column` or `table.column`, or any expression. */
export type Reference<DB, TB extends keyof DB> = StringReference<DB, TB> | Expression<unknown>;

/** What is selected where the reference stands. */
export type ReferenceType<DB, TB extends keyof DB, RE> = ExtractTypeFromReferenceExpression<
  DB,
  TB,
  RE
>;

export function toExpression<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  reference: Reference<DB, TB>,
): Expression<unknown> {
  return typeof reference === 'string' ? eb.ref(reference) : reference;
}
