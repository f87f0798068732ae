import {
  type Compilable,
  type CompiledQuery,
  InsertQueryNode,
  type Kysely,
  type RawBuilder,
  sql,
} from 'kysely';

import { FillPlaceholders, Placeholder } from './placeholder.js';

/** Gives the place of a value in the query that {@link prepare} builds. */
export type Parameters<Values> = <Name extends keyof Values & string>(
  name: Name,
) => RawBuilder<Values[Name]>;

/** A query that is built and compiled once. */
export interface Prepared<Values, Row> {
  /** @throws RangeError where a value is missing */
  execute(values: Values): Promise<Row[]>;
  executeTakeFirst(values: Values): Promise<Row | undefined>;
}

/**
 * Builds and compiles a query once, for many executions with other values: what is left of Kysely's
 * cost is then some microseconds a call. The server prepares the statement as it does all others.
 *
 * ```ts
 * const runById = prepare(db, (value: Parameters<{ id: string }>) =>
 *   db.selectFrom('runs').selectAll().where('run_uuid', '=', value('id')),
 * );
 * const [run] = await runById.execute({ id: '…' });
 * ```
 *
 * Values that decide about the query's shape (a list for IN, a limit that may be absent) are of its
 * build, not of its execution: give arrays to `= any(…)` or `unnest`.
 *
 * @throws whatever the dialect refuses when the query is compiled
 */
export function prepare<DB, Values, Row>(
  db: Kysely<DB>,
  build: (value: Parameters<Values>) => Compilable<Row>,
): Prepared<Values, Row> {
  const compiled = build((name) => sql.val(new Placeholder(name) as never)).compile();
  const fill = new FillPlaceholders();
  const execute = async (values: Values): Promise<Row[]> => {
    const byName = values as Readonly<Record<string, unknown>>;
    const parameters = compiled.parameters.map((value) =>
      value instanceof Placeholder ? value.valueIn(byName) : value,
    );
    // The check of inserts reads the rows that were sent out of the query itself.
    const query: CompiledQuery['query'] = InsertQueryNode.is(compiled.query)
      ? fill.with(compiled.query, byName)
      : compiled.query;
    const { rows } = await db.executeQuery<Row>({ ...compiled, query, parameters });
    return rows;
  };
  return { execute, executeTakeFirst: async (values) => (await execute(values))[0] };
}
