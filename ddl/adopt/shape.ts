import { randomBytes } from 'node:crypto';

import type { ColumnSnapshot, TableSnapshot } from '../snapshot/snapshot.js';
import type { TableDefinition } from '../table-definition.js';
import { qualified, quoteName, quoteNames, quoteText } from '../render/table.js';
import { crateType, renderCrateTable } from '../render/cratedb.js';
import { field } from '../runner.js';
import type { ResolvedTarget } from '../target.js';

/** The copy while it is being filled. */
export function copyName(table: string): string {
  return `${table}_adopting`;
}

/**
 * The copy when it is about to be swapped, and from the swap on the table that was. Of this try alone:
 * whoever takes over renames it back, so that the swap of one who was stopped finds nothing.
 *
 * @param attempt 8 hexadecimal digits. Default: new ones.
 */
export function readyName(table: string, attempt = randomBytes(4).toString('hex')): string {
  return `${copyName(table)}_${attempt}`;
}

/** Whether a table is the copy of another, under either name. */
export function isCopyOf(table: string, name: string): boolean {
  const copy = copyName(table);
  return name === copy || (name.startsWith(`${copy}_`) && /^[\da-f]{8}$/.test(name.slice(copy.length + 1)));
}

/** What the table that was is kept as. */
export function keptName(table: string): string {
  return `${table}_before_adopt`;
}

/** How the rows of a table get into its copy. */
export interface CopyShape {
  readonly table: string;
  /** What the copy's columns are filled with, by their names. */
  readonly columns: ReadonlyMap<string, string>;
  readonly key: readonly string[];
  /** The key's columns that the old table has, with its types: those that a row is found by. */
  readonly keyTypes: ReadonlyMap<string, string>;
  /** Conditions of rows of the table that is there which have no place in the copy. */
  readonly misfits: readonly string[];
  /** Whether the table that is there has no two rows of one key. */
  readonly isUnique: boolean;
  /** The key's column by whose values it is copied in chunks; undefined: in one. */
  readonly lead: string | undefined;
  /** Columns that are none of the definitions, and are kept. */
  readonly extra: readonly ColumnSnapshot[];
}

export function copyShape(definition: TableDefinition, live: TableSnapshot): CopyShape {
  const found = new Map(live.columns.map((column) => [column.name, column]));
  const known = new Set(definition.columns.map(({ name }) => name));
  const extra = live.columns.filter(({ name }) => !known.has(name));
  const columns = new Map<string, string>();
  for (const column of definition.columns) {
    const other = found.get(column.name);
    if (other === undefined || column.generated !== undefined) continue;
    const isFilled = column.notNull && column.default !== undefined && !other.notNull;
    const value = valueOf(column.name, column.type, other.type);
    columns.set(column.name, isFilled ? `coalesce(${value}, ${column.default ?? ''})` : value);
  }
  for (const { name } of extra) columns.set(name, quoteName(name));
  const key = definition.primaryKey;
  const keyTypes = new Map(
    key.flatMap((name) => {
      const type = found.get(name)?.type;
      return type === undefined ? [] : [[name, type]];
    }),
  );
  const candidates = [definition.storage.clusteredBy, ...key];
  return {
    table: definition.name,
    columns,
    key,
    keyTypes,
    misfits: definition.columns.flatMap((column) => misfitsOf(column, found.get(column.name), key)),
    isUnique: live.primaryKey.length > 0 && live.primaryKey.every((name) => key.includes(name)),
    lead: candidates.find((name) => name !== undefined && isOrdered(keyTypes, name)),
    extra,
  };
}

/** Whether a table may be divided by the values of the column. */
export function isOrdered(keyTypes: CopyShape['keyTypes'], name: string): boolean {
  return /^(text|varchar|bigint|integer)/.test(keyTypes.get(name) ?? '');
}

function misfitsOf(
  { name, type, notNull, default: byDefault, generated }: TableDefinition['columns'][number],
  other: ColumnSnapshot | undefined,
  key: readonly string[],
): string[] {
  if (other === undefined || generated !== undefined) return [];
  const column = quoteName(name);
  const needsValue = (notNull || key.includes(name)) && byDefault === undefined;
  const most = varcharLength(crateType(type));
  return [
    ...(needsValue && !other.notNull ? [`${column} IS NULL`] : []),
    ...(most < varcharLength(other.type) && /^(text|varchar|character)/i.test(other.type)
      ? [`char_length(${column}) > ${String(most)}`]
      : []),
  ];
}

/** Infinity where it is no VARCHAR of a length. */
export function varcharLength(type: string): number {
  return Number(/^varchar\((\d+)\)$/i.exec(type)?.[1] ?? Infinity);
}

function valueOf(name: string, wanted: string, found: string): string {
  // 0.1 as REAL is 0.10000000149 as DOUBLE PRECISION: what was shown is what was meant.
  return wanted === 'double precision' && found === 'real'
    ? `${quoteName(name)}::text::double precision`
    : quoteName(name);
}

/** What makes the copy, with the columns that are none of the definitions. */
export function createCopy(
  definition: TableDefinition,
  { extra }: CopyShape,
  live: TableSnapshot,
  target: ResolvedTarget,
): string[] {
  const name = copyName(definition.name);
  // Whoever runs the database chose how many.
  const replicas = target.replicas ?? live.storage?.replicas;
  return [
    renderCrateTable({ ...definition, name }, { ...target, replicas }),
    ...extra.map(
      (column) =>
        `ALTER TABLE ${qualified(target.schema, name)} ADD COLUMN ${quoteName(column.name)}` +
        ` ${typeText(column.type)}`,
    ),
  ];
}

function typeText(type: string): string {
  const element = /^(.*)_array$/.exec(type)?.[1];
  return element === undefined ? type.toUpperCase() : `ARRAY(${typeText(element)})`;
}

/** What puts rows of one table into another, and does the same when it is executed again. */
export function insertRows(
  { columns, key }: CopyShape,
  from: string,
  to: string,
  rows: string,
): string {
  const values = [...columns.keys()].filter((name) => !key.includes(name));
  const action =
    values.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${values
          .map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`)
          .join(', ')}`;
  return (
    `INSERT INTO ${to} (${quoteNames([...columns.keys()])})` +
    ` (SELECT ${[...columns.values()].join(', ')} FROM ${from}${rows === '' ? '' : ` ${rows}`})` +
    ` ON CONFLICT (${quoteNames(key)}) ${action}`
  );
}

/** The rows whose leading value lies in a range, open where a side is undefined. */
export function whereRange(
  shape: CopyShape,
  after: string | undefined,
  upTo: string | undefined,
): string {
  return shape.lead === undefined ? '' : whereAll(rangeOf(shape, shape.lead, after, upTo));
}

/** The same of any column of the key, as conditions. */
export function rangeOf(
  shape: CopyShape,
  column: string,
  after: string | undefined,
  upTo: string | undefined,
): string[] {
  return [
    ...(after === undefined ? [] : [compareTo(shape, column, '>', after)]),
    ...(upTo === undefined ? [] : [compareTo(shape, column, '<=', upTo)]),
  ];
}

/** A column of the key, as the copy has it, and a value of it. */
export function compareTo(
  shape: CopyShape,
  column: string,
  operator: '>' | '<=' | '<' | '=',
  value: string,
): string {
  const literal = literalOf(value, shape.keyTypes.get(column) ?? 'text');
  return `${keyColumn(shape, column)} ${operator} ${literal}`;
}

export function whereAll(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/** A column of the key as the copy has it. */
export function keyColumn({ columns }: CopyShape, name: string): string {
  return columns.get(name) ?? quoteName(name);
}

/** The condition of one row. */
export function whereKey({ keyTypes }: CopyShape, row: unknown): string {
  return [...keyTypes]
    .map(([name, type]) => `${quoteName(name)} = ${literalOf(field(row, name), type)}`)
    .join(' AND ');
}

/** The values of a row's key by their columns, for whoever is told of it. */
export function keyOf({ keyTypes }: CopyShape, row: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...keyTypes.keys()].map((name) => [name, field(row, name)]));
}

/** The same text for the same key, whichever driver read it. */
export function keyText({ keyTypes }: CopyShape, row: unknown): string {
  return JSON.stringify([...keyTypes.keys()].map((name) => String(field(row, name))));
}

function literalOf(value: unknown, type: string): string {
  const text = String(value);
  if (/^(text|varchar|character)/.test(type)) return quoteText(text);
  return /^-?\d+$|^(true|false)$/.test(text) ? text : `${quoteText(text)}::${type}`;
}
