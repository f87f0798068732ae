import { getTableColumns } from 'drizzle-orm';
import { type PgColumn, type PgColumnBuilderBase, pgTable } from 'drizzle-orm/pg-core';

import type { ColumnPolicy } from '../../schema/object-type.js';
import { quoteIdentifier } from '../../table-name.js';
import { decode, encode } from '../codecs.js';
import { type CrateColumn, crateColumn } from './column-type.js';
import type { DataOf } from './inner-column.js';

/** The columns of an object, by their names. */
export type ObjectColumns = Readonly<Record<string, PgColumnBuilderBase>>;

/** Keys whose column isn't `notNull()` may be missing or null. The server doesn't check it. */
export type ObjectData<Columns extends ObjectColumns> = {
  [Key in keyof Columns as Columns[Key]['_']['notNull'] extends true ? Key : never]: DataOf<
    Columns[Key]
  >;
} & {
  [Key in keyof Columns as Columns[Key]['_']['notNull'] extends true ? never : Key]?:
    DataOf<Columns[Key]> | null;
};

export interface ObjectOptions {
  /** What happens to a key that has no column. Default: `dynamic`, as CrateDB has it. */
  readonly policy?: ColumnPolicy;
  /** Of the column itself. Default: the key in the table. */
  readonly name?: string;
}

const POLICIES: readonly unknown[] = ['dynamic', 'strict', 'ignored'] satisfies ColumnPolicy[];

/**
 * `OBJECT(policy) AS (…)`: typed by its columns, to any depth, and decoded like them: a timestamp in
 * it is a Date. Without columns, any JSON object; `.$type<…>()` gives it a type.
 *
 * ```ts
 * address: object({ city: text().notNull(), place: geoPoint() }, { policy: 'strict' }),
 * params: object().$type<Record<string, string>>(),
 * ```
 *
 * @param columns builders of columns; their own names, if any, aren't used
 * @throws RangeError for a policy that there isn't
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-object
 */
export function object(
  columns?: undefined,
  options?: ObjectOptions,
): CrateColumn<Record<string, unknown>>;
export function object<Columns extends ObjectColumns>(
  columns: Columns,
  options?: ObjectOptions,
): CrateColumn<ObjectData<Columns>>;
export function object(
  columns: ObjectColumns = {},
  { policy, name }: ObjectOptions = {},
): CrateColumn<Record<string, unknown>> {
  if (policy !== undefined && !POLICIES.includes(policy)) {
    throw new RangeError(`object: policy must be one of ${POLICIES.join(', ')}`);
  }
  const inner: Readonly<Record<string, PgColumn>> = getTableColumns(
    pgTable('object', { ...columns }),
  );
  const each =
    (convert: typeof encode) =>
    (value: unknown): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(value as object).map(([key, member]: [string, unknown]) => {
          const column = Object.hasOwn(inner, key) ? inner[key] : undefined;
          return [key, column === undefined ? member : convert(column, member)];
        }),
      );
  return crateColumn<Record<string, unknown>>(name, {
    type: typeText(policy, inner),
    encode: each(encode),
    decode: each(decode),
  });
}

function typeText(
  policy: ColumnPolicy | undefined,
  inner: Readonly<Record<string, PgColumn>>,
): string {
  // Without NOT NULL: CrateDB demands such a key of rows whose whole object is null as well.
  const definitions = Object.entries(inner).map(
    ([key, column]) => `${quoteIdentifier(key)} ${column.getSQLType()}`,
  );
  const as = definitions.length === 0 ? '' : ` as (${definitions.join(', ')})`;
  return `object${policy === undefined ? '' : `(${policy})`}${as}`;
}
