/** MLflow's rows as rows of our tables: which columns, and each value as the column's type. */
import type { TableDefinition } from '../../ddl/index.js';
import type { SourceRow } from './contract.js';
import { textOf } from './text.js';

/** A row by the target's columns, its values as their types. */
export type Row = Readonly<Record<string, unknown>>;

const NUL = '\0';

/** How one table's rows are written and compared. */
export interface TableMapping {
  readonly table: string;
  readonly keys: readonly string[];
  /** Types by column, in PostgreSQL's words; without generated columns. */
  readonly types: ReadonlyMap<string, string>;
  /** @throws RangeError for a value that the column's type doesn't hold. */
  toTarget(row: SourceRow): Row;
}

/** Columns that MLflow doesn't have. */
const OWN_COLUMNS: ReadonlySet<string> = new Set(['generation', 'events']);

/**
 * Columns of bytes, which are text here: `\x` and two hexadecimal digits a byte, as PostgreSQL prints
 * a `bytea` and as CrateDB's `encode` and `decode` take and give bytes.
 * https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#scalar-encode
 */
const BYTES_COLUMNS: ReadonlySet<string> = new Set(['encrypted_value', 'wrapped_dek']);
const BYTES = /^\\x(?:[0-9a-f]{2})*$/;

export function mappingOf({ name, columns, primaryKey }: TableDefinition): TableMapping {
  const types = new Map(
    columns
      .filter((column) => column.generated === undefined && !OWN_COLUMNS.has(column.name))
      .map((column) => [column.name, column.type]),
  );
  return {
    table: name,
    keys: primaryKey,
    types,
    toTarget: (row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([column, value]) => {
          const type = types.get(column);
          return type === undefined || value === undefined
            ? []
            : [[column, convert(value, type, column)]];
        }),
      ),
  };
}

/** Columns of a table of MLflow's that need no place of their own. */
export function isComputed({ columns }: TableDefinition, column: string): boolean {
  return columns.some(({ name, generated }) => name === column && generated !== undefined);
}

function convert(value: unknown, type: string, column: string): unknown {
  if (value === null) return null;
  const expected = (what: string) =>
    new RangeError(`${column}: expected ${what}, got ${typeof value}`);
  switch (type.replace(/\(.*/, '')) {
    case 'bigint':
    case 'integer':
      return toInteger(value) ?? fail(expected('a whole number'));
    case 'double precision':
      return toDouble(value) ?? fail(expected('a number'));
    case 'boolean':
      return toBoolean(value) ?? fail(expected('true or false'));
    case 'jsonb':
      return toJsonObject(value, () => expected('a JSON object'));
    default:
      if (typeof value === 'object') return fail(expected('text'));
      if (BYTES_COLUMNS.has(column) && !BYTES.test(textOf(value))) {
        return fail(expected('bytes, as \\x and hexadecimal digits'));
      }
      return textOf(value);
  }
}

function fail(error: RangeError): never {
  throw error;
}

/** A number where that is exact, else a bigint. */
function toInteger(value: unknown): number | bigint | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  const text = String(value);
  if (!/^-?\d+$/.test(text)) return undefined;
  const exact = Number(text);
  return Number.isSafeInteger(exact) ? exact : BigInt(text);
}

function toDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const text = String(value);
  const number = /^[+-]?inf(inity)?$/i.test(text)
    ? Number.POSITIVE_INFINITY * (text.startsWith('-') ? -1 : 1)
    : Number(text);
  return Number.isNaN(number) && !/^nan$/i.test(text) ? undefined : number;
}

/** SQLite has 0 and 1, PostgreSQL's text form t and f. */
function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = String(value).toLowerCase();
  if (text === '1' || text === 't' || text === 'true') return true;
  return text === '0' || text === 'f' || text === 'false' ? false : undefined;
}

/** As text, so that numbers in it stay as they are. JSON's null is no value. */
function toJsonObject(value: unknown, error: () => RangeError): string | null {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw error();
  }
  if (parsed === null) return null;
  if (typeof parsed !== 'object' || Array.isArray(parsed)) throw error();
  return text;
}

/** A row's key, for a message; two rows may have the same. */
export function keyText({ keys }: Pick<TableMapping, 'keys'>, row: Row): string {
  return keys.map((key) => `${key}=${textOf(row[key]).replaceAll(NUL, '\\0')}`).join(' ');
}

/** A row's key, to find it among others: no two have the same. */
export function rowKey({ keys }: Pick<TableMapping, 'keys'>, row: Row): string {
  return JSON.stringify(keys.map((key) => plainText(row[key])));
}

/** The column whose text has a NUL in it, which PostgreSQL doesn't hold. */
export function columnWithNul(row: Row): string | undefined {
  return Object.keys(row).find((column) => {
    const value = row[column];
    return typeof value === 'string' && value.includes(NUL);
  });
}

/** The columns of `row` that stand differently in `standing`. */
export function differingColumns(mapping: TableMapping, row: Row, standing: Row): string[] {
  return Object.keys(row).filter((column) => {
    const isJson = mapping.types.get(column) === 'jsonb';
    return isJson
      ? canonicalJson(row[column]) !== canonicalJson(standing[column])
      : plainText(row[column]) !== plainText(standing[column]);
  });
}

function plainText(value: unknown): string | null {
  return value === null || value === undefined ? null : textOf(value);
}

function canonicalJson(value: unknown): string {
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : (value ?? null);
  return JSON.stringify(parsed, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof member === 'bigint'
        ? String(member)
        : member,
  );
}
