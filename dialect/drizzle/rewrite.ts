import {
  Column,
  is,
  isSQLWrapper,
  Param,
  Placeholder,
  SQL,
  type SQLChunk,
  StringChunk,
  Subquery,
  Table,
  View,
  ViewBaseConfig,
} from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';

import { encode } from './codecs.js';
import { refuseUnknownTypes } from './refused-columns.js';

/** Drizzle's own keys for members of a table; not among its exports. */
const TABLE_SCHEMA = Symbol.for('drizzle:Schema');
const TABLE_COLUMNS = Symbol.for('drizzle:Columns');

interface ViewConfig {
  readonly schema: string | undefined;
}

/**
 * The table or view with the given schema, unless it has one; anything else as it is.
 *
 * @throws NotSupportedError where it has columns that CrateDB can't store
 */
export function qualified<T>(source: T, schema: string): T {
  if (is(source, PgTable)) {
    refuseUnknownTypes(source);
    return getTableConfig(source).schema === undefined
      ? varied(source, { [TABLE_SCHEMA]: schema })
      : source;
  }
  if (is(source, View)) {
    const config = (source as unknown as Record<symbol, ViewConfig>)[ViewBaseConfig];
    return config?.schema === undefined
      ? varied(source, { [ViewBaseConfig]: { ...config, schema } })
      : source;
  }
  return source;
}

/** The table as if it had these columns alone. */
export function withColumns<T extends PgTable>(
  table: T,
  columns: Readonly<Record<string, Column>>,
): T {
  return varied(table, { [TABLE_COLUMNS]: columns });
}

/**
 * The same SQL for CrateDB: tables and views qualified, parameters encoded as its transports take
 * them; to any depth.
 */
export function forCrate(sql: SQL, schema: string): SQL {
  const map = (chunk: SQLChunk): SQLChunk => {
    if (Array.isArray(chunk)) return chunk.map(map);
    if (is(chunk, SQL)) return varied(chunk, { queryChunks: chunk.queryChunks.map(map) });
    if (is(chunk, Param)) return encoded(chunk);
    if (is(chunk, Table) || is(chunk, View)) return qualified(chunk, schema);
    if (is(chunk, Subquery)) {
      // Of a CTE, this is the name alone.
      if (chunk._.isWith) return chunk;
      return varied(chunk, { _: { ...chunk._, sql: forCrate(chunk._.sql, schema) } });
    }
    if (isLeaf(chunk)) return chunk;
    // A query that isn't built yet.
    if (isSQLWrapper(chunk)) {
      return varied(chunk, { getSQL: () => forCrate(chunk.getSQL(), schema) });
    }
    return chunk;
  };
  return map(sql) as SQL;
}

/** With every column of the table without the table's name; `name` spells it. */
export function unqualified(sql: SQL, name: (column: Column) => SQL, of?: Table): SQL {
  const map = (chunk: SQLChunk): SQLChunk => {
    if (Array.isArray(chunk)) return chunk.map(map);
    if (is(chunk, SQL)) return varied(chunk, { queryChunks: chunk.queryChunks.map(map) });
    if (is(chunk, Column)) return of === undefined || chunk.table === of ? name(chunk) : chunk;
    return chunk;
  };
  return map(sql) as SQL;
}

/** Values without an encoder of a column stay as they are. */
function encoded(param: Param): Param {
  const { encoder, value } = param;
  if (!is(encoder, Column)) return param;
  const column: Column = encoder;
  return new Param(value, { mapToDriverValue: (given: unknown) => encode(column, given) });
}

function isLeaf(chunk: unknown): boolean {
  return (
    is(chunk, StringChunk) || is(chunk, Column) || is(chunk, Placeholder) || is(chunk, SQL.Aliased)
  );
}

/** Looks through to the original, but for these members. */
function varied<T extends object>(original: T, members: Readonly<Record<PropertyKey, unknown>>): T {
  const properties: PropertyDescriptorMap = {};
  for (const key of Reflect.ownKeys(members)) properties[key] = { value: members[key as string] };
  return Object.create(original, properties) as T;
}
