import type { Int64 } from '../domain/int64.js';
import { isInt64 } from '../domain/int64.js';

import { FieldProblem, invalid, missingValue } from './problems.js';

/**
 * Reads one value of a request's JSON, or throws a {@link FieldProblem}. `undefined` (a field that
 * is absent or null) reaches only decoders that say what it means.
 */
export interface Decoder<Value> {
  readonly decode: (value: unknown) => Value;
  /** A query string gives a list by repetition. */
  readonly isList?: boolean;
  /** A query string gives `true` or `false` as text. */
  readonly isBoolean?: boolean;
}

type Shape = Record<string, Decoder<unknown>>;

export type Decoded<D> = D extends Decoder<infer Value> ? Value : never;

/** A protobuf message: unknown fields are ignored, lowerCamelCase names are taken as well. */
export interface MessageDecoder<S extends Shape> extends Decoder<{
  readonly [Name in keyof S]: Decoded<S[Name]>;
}> {
  readonly shape: S;
}

/** Fields are read in the order of `shape`; the first that cannot be read is the one reported. */
export function message<S extends Shape>(shape: S): MessageDecoder<S> {
  const fields = Object.entries(shape).map(([name, decoder]) => ({
    name,
    spellings: spellingsOf(name),
    decode: decoder.decode,
  }));
  return {
    shape,
    decode: (value) => {
      if (!isObject(value)) throw invalid(value);
      const result: Record<string, unknown> = {};
      for (const { name, spellings, decode } of fields) {
        const raw = firstOf(value, spellings);
        try {
          result[name] = decode(raw);
        } catch (error) {
          throw error instanceof FieldProblem ? error.within(name) : error;
        }
      }
      return result as { readonly [Name in keyof S]: Decoded<S[Name]> };
    },
  };
}

/** The names that a field goes by: `run_uuid` is the old name of `run_id`. */
export function spellingsOf(name: string): readonly string[] {
  const names = name === 'run_id' ? ['run_id', 'run_uuid'] : [name];
  const camelCase = names.map((each) =>
    each.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
  );
  return [...new Set([...names, ...camelCase])];
}

function firstOf(value: Record<string, unknown>, names: readonly string[]): unknown {
  for (const name of names) {
    const found = value[name];
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** MLflow counts the empty string as missing: its clients send it for fields never set. */
export function required<Value>(decoder: Decoder<Value>): Decoder<Value> {
  return {
    ...decoder,
    decode: (value) => {
      if (value === undefined || value === '') throw new FieldProblem(missingValue);
      return decoder.decode(value);
    },
  };
}

export function optional<Value>(decoder: Decoder<Value>): Decoder<Value | undefined> {
  return {
    ...decoder,
    decode: (value) => (value === undefined ? undefined : decoder.decode(value)),
  };
}

/** A field with a default; protobuf's is `''` for text and 0 for numbers. */
export function withDefault<Value>(decoder: Decoder<Value>, absent: Value): Decoder<Value> {
  return { ...decoder, decode: (value) => (value === undefined ? absent : decoder.decode(value)) };
}

/** A further rule on a value of the right type; its problem is given the value as it was sent. */
export function where<Value>(
  decoder: Decoder<Value>,
  holds: (value: Value) => boolean,
  problem: (raw: unknown) => FieldProblem,
): Decoder<Value> {
  return {
    ...decoder,
    decode: (raw) => {
      const value = decoder.decode(raw);
      if (!holds(value)) throw problem(raw);
      return value;
    },
  };
}

export const string: Decoder<string> = {
  decode: (value) => {
    // Half of a surrogate pair has no UTF-8 form and would be replaced in silence.
    if (typeof value !== 'string' || !value.isWellFormed()) throw invalid(value);
    return value;
  },
};

/** The text, where it is not empty: MLflow's clients send `''` for fields that are not set. */
export const nonEmpty: Decoder<string | undefined> = {
  decode: (value) => (value === undefined || value === '' ? undefined : string.decode(value)),
};

export const bool: Decoder<boolean> = {
  isBoolean: true,
  decode: (value) => {
    if (typeof value !== 'boolean') throw invalid(value);
    return value;
  },
};

/** A JSON number without fraction, or digits in a string; within 64 bits. */
export const int64: Decoder<Int64> = {
  decode: (value) => {
    const integer = typeof value === 'string' ? integerOfText(value) : value;
    if (!isInt64(integer)) throw invalid(value);
    return typeof integer === 'bigint' ? asNumberIfSafe(integer) : integer;
  },
};

export const int32: Decoder<number> = {
  decode: (value) => {
    const integer = typeof value === 'string' ? Number(integerOfText(value)) : value;
    if (typeof integer !== 'number' || (integer | 0) !== integer) throw invalid(value);
    return integer;
  },
};

function integerOfText(text: string): Int64 | undefined {
  return /^[+-]?\d{1,20}$/.test(text) ? asNumberIfSafe(BigInt(text.replace('+', ''))) : undefined;
}

function asNumberIfSafe(value: bigint): Int64 {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A JSON number, a number in a string, or NaN, Infinity, -Infinity, in a string or bare. */
export const double: Decoder<number> = {
  decode: (value) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'bigint') return Number(value);
    if (typeof value === 'string') {
      if (DECIMAL.test(value)) return Number(value);
      if (value === 'NaN') return Number.NaN;
      const infinity = /^([+-]?)inf(?:inity)?$/i.exec(value);
      if (infinity !== null) return infinity[1] === '-' ? -Infinity : Infinity;
    }
    throw invalid(value);
  },
};

/** A name, or its number as a number or text, as protobuf's JSON has it. */
export function enumeration<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
): Decoder<Name> {
  const names = new Map<unknown, Name>();
  for (const name of Object.keys(numbers) as Name[]) {
    const number = numbers[name];
    names.set(name, name).set(number, name).set(String(number), name);
  }
  return {
    decode: (value) => {
      const name = names.get(value);
      if (name === undefined) throw invalid(value);
      return name;
    },
  };
}

/** A repeated field; absent means empty. For a bad scalar the whole list is reported, as by MLflow. */
export function list<Value>(item: Decoder<Value>): Decoder<readonly Value[]> {
  const ofMessages = 'shape' in item;
  return {
    isList: true,
    decode: (value) => {
      if (value === undefined) return [];
      if (!Array.isArray(value)) throw invalid(value);
      const items = value as unknown[];
      const result = new Array<Value>(items.length);
      for (let index = 0; index < items.length; index += 1) {
        try {
          result[index] = item.decode(items[index]);
        } catch (error) {
          if (!(error instanceof FieldProblem)) throw error;
          throw ofMessages ? error.within(`[${index}]`) : invalid(value);
        }
      }
      return result;
    },
  };
}
