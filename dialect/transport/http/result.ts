import { HttpRequestError } from '../../errors/index.js';
import type { ParseInteger } from '../../values/bigint.js';
import { hasLongIntegers, parseMarked } from '../../values/json.js';
import type { StatementRequest, StatementResult } from '../transport.js';
import {
  type ColumnType,
  type Decode,
  decoderFor,
  needsDigits,
  unmarkingDecoder,
} from './column-types.js';

/** What comes before the rows. */
interface Head {
  readonly cols: readonly string[];
  readonly col_types: readonly ColumnType[];
}

/** Inside of a text its quotes would be escaped, so this is the key and nothing else. */
const ROWS = '"rows":[';

/** What comes after the rows. */
const END = /\],"rowcount":(-?\d+)(?:,"duration":[\d.eE+-]+)?\}\s*$/;
const MAX_END = 200;

/** Reads the rows of one answer. */
export class RowReader {
  readonly #names: readonly string[];
  readonly #decoders: readonly (Decode | undefined)[];
  readonly #decodersOfMarked: readonly Decode[];
  readonly #needsDigits: boolean;
  readonly #asArrays: boolean;

  constructor(head: Head, rows: StatementRequest['rows'], integer: ParseInteger) {
    const { cols, col_types: types } = head;
    this.#names = cols;
    this.#decoders = types.map((type) => decoderFor(type, integer));
    const unmark = unmarkingDecoder(integer);
    this.#decodersOfMarked = this.#decoders.map((decode) => decode ?? unmark);
    this.#needsDigits = types.some(needsDigits);
    this.#asArrays = rows === 'arrays';
  }

  /** @param json an array of rows */
  read(json: string): unknown[] {
    // What isn't a result of rows has one row without values.
    if (this.#names.length === 0) return [];
    const which = this.#needsDigits ? 'all' : hasLongIntegers(json) ? 'long' : undefined;
    const rows = (which === undefined ? JSON.parse(json) : parseMarked(json, which)) as unknown[][];
    const decoders = which === undefined ? this.#decoders : this.#decodersOfMarked;
    for (const [column, decode] of decoders.entries()) {
      if (decode === undefined) continue;
      for (const row of rows) {
        const value = row[column];
        if (value !== null) row[column] = decode(value);
      }
    }
    return this.#asArrays ? rows : rows.map((row) => this.#toObject(row));
  }

  /** Of columns with the same name, the last is kept. */
  #toObject(row: readonly unknown[]): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const [column, name] of this.#names.entries()) object[name] = row[column];
    return object;
  }
}

/** Undefined as long as the rows haven't begun. */
export function splitHead(text: string): { readonly head: Head; readonly rest: string } | undefined {
  const at = text.indexOf(ROWS);
  if (at < 0) return undefined;
  return {
    head: JSON.parse(`${text.slice(0, at)}${ROWS}]}`) as Head,
    rest: text.slice(at + ROWS.length),
  };
}

/** The whole answer to one statement. */
export function readResult(
  text: string,
  rows: StatementRequest['rows'],
  integer: ParseInteger,
): StatementResult {
  const parts = splitHead(text);
  const end = END.exec(text.slice(-MAX_END));
  if (parts === undefined || end === null) {
    throw new HttpRequestError(new Error('Not an answer of CrateDB'), true);
  }
  const reader = new RowReader(parts.head, rows, integer);
  const count = Number(end[1]);
  return {
    // -1: the server doesn't say.
    rowCount: count < 0 ? null : count,
    rows: reader.read(`[${parts.rest.slice(0, parts.rest.length - end[0].length)}]`),
  };
}
