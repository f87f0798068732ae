import {
  type Column,
  fillPlaceholders,
  getTableColumns,
  is,
  Param,
  SQL,
  type Table,
} from 'drizzle-orm';
import {
  ColumnNode,
  InsertQueryNode,
  OnConflictNode,
  type OperationNode,
  RawNode,
  TableNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
} from 'kysely';

import { refused } from '../compiler/refusals.js';
import { encode } from './codecs.js';
import { DEFAULT_VALUES } from './refusals.js';

export interface SentColumn {
  readonly name: string;
  /** In drizzle's table and its rows. */
  readonly key: string;
  readonly column: Column;
}

/** What an INSERT … VALUES of several rows sends, for the check that all of them were written. */
export interface InsertRows {
  readonly table: string;
  readonly columns: readonly SentColumn[];
  readonly rows: readonly Readonly<Record<string, Param | SQL>>[];
  readonly conflict: { readonly columns: readonly string[]; readonly ignores: boolean } | undefined;
}

/** Defaults that are made here are made once, so that they can be told afterwards. */
export function withRuntimeDefaults(
  rows: Record<string, Param | SQL>[],
  columns: Readonly<Record<string, Column>>,
): Record<string, Param | SQL>[] {
  const makers = Object.entries(columns).flatMap(([key, column]) => {
    const make = column.defaultFn ?? (column.hasDefault ? undefined : column.onUpdateFn);
    return make === undefined ? [] : [{ key, column, make }];
  });
  if (makers.length === 0) return rows;
  return rows.map((row) => {
    const filled = { ...row };
    for (const { key, column, make } of makers) {
      if (!isMissing(filled[key])) continue;
      const value: unknown = make();
      filled[key] = is(value, SQL) ? value : new Param(value, column);
    }
    return filled;
  });
}

/**
 * The columns that some row has a value for: drizzle would write DEFAULT for all others, which older
 * versions of CrateDB don't know. Where only some rows have a value, nothing else says the same.
 *
 * @throws NotSupportedError where there are none
 */
export function sentColumns(
  rows: readonly Readonly<Record<string, Param | SQL>>[],
  table: Table,
): Record<string, Column> {
  const sent = Object.entries(getTableColumns(table)).filter(([key]) =>
    rows.some((row) => !isMissing(row[key])),
  );
  if (sent.length > 0) return Object.fromEntries(sent);
  throw refused(DEFAULT_VALUES);
}

function isMissing(value: Param | SQL | undefined): boolean {
  return value === undefined || (is(value, Param) && value.value === undefined);
}

/**
 * The same INSERT as a node of Kysely's, as far as the check of dropped rows looks into it.
 *
 * @param placeholders values for drizzle's placeholders
 */
export function toInsertNode(
  { table, columns, rows, conflict }: InsertRows,
  placeholders: Record<string, unknown>,
): InsertQueryNode {
  const lists = rows.map((row) =>
    ValueListNode.create(
      columns.map(({ key, column }) => valueNode(row[key], column, placeholders)),
    ),
  );
  const insert = InsertQueryNode.cloneWith(InsertQueryNode.create(TableNode.create(table)), {
    columns: columns.map(({ name }) => ColumnNode.create(name)),
    values: ValuesNode.create(lists),
  });
  if (conflict === undefined) return insert;
  return InsertQueryNode.cloneWith(insert, {
    onConflict: OnConflictNode.cloneWith(OnConflictNode.create(), {
      ...(conflict.columns.length > 0 && { columns: conflict.columns.map(ColumnNode.create) }),
      doNothing: conflict.ignores,
    }),
  });
}

function valueNode(
  value: Param | SQL | undefined,
  column: Column,
  placeholders: Record<string, unknown>,
): OperationNode {
  // Computed by the server.
  if (value === undefined || isMissing(value) || !is(value, Param)) {
    return RawNode.create(['default'], []);
  }
  const [given] = fillPlaceholders([value.value], placeholders);
  return ValueNode.create(encode(column, given));
}
