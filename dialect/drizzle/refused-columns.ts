import { type Column, getTableName } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';

import { refused } from '../compiler/refusals.js';

const SEQUENCE = "Use text with .default(sql`gen_random_text_uuid()`), or keys of the program's own.";
const TEXT = 'Use text.';
const NETWORK = 'Use text, or ip for single addresses.';
const SHAPE = 'Use geoShape.';
const VECTOR = 'Use floatVector.';

/** What CrateDB has no type to store for, by drizzle's names, and what to use instead. */
const REFUSED: Readonly<Record<string, string>> = {
  PgSerial: SEQUENCE,
  PgSmallSerial: SEQUENCE,
  PgBigSerial53: SEQUENCE,
  PgBigSerial64: SEQUENCE,
  PgTime: TEXT,
  PgInterval: 'Use bigint (milliseconds) or text.',
  PgCidr: NETWORK,
  PgMacaddr: TEXT,
  PgMacaddr8: TEXT,
  PgLine: SHAPE,
  PgLineABC: SHAPE,
  PgGeometry: SHAPE,
  PgGeometryObject: SHAPE,
  PgHalfVector: VECTOR,
  PgSparseVector: VECTOR,
};

const allowed = new WeakSet<PgTable>();

/**
 * https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html
 *
 * @throws NotSupportedError that names the column
 */
export function refuseUnknownTypes(table: PgTable): void {
  if (allowed.has(table)) return;
  for (const column of getTableConfig(table).columns) refuseColumn(table, column);
  allowed.add(table);
}

function refuseColumn(table: PgTable, column: Column): void {
  const name = `${getTableName(table)}.${column.name}`;
  if (column.generatedIdentity !== undefined) {
    throw refused({ what: `identity columns, such as ${name}`, instead: SEQUENCE });
  }
  // Of arrays, what they are made of.
  for (let of: Column | undefined = column; of !== undefined; of = elementOf(of)) {
    const instead = REFUSED[of.columnType];
    if (instead === undefined) continue;
    throw refused({ what: `type ${of.getSQLType()} for tables, as ${name} has it`, instead });
  }
}

function elementOf(column: Column): Column | undefined {
  return (column as { baseColumn?: Column }).baseColumn;
}
