import { invalidParameter } from '../domain/errors.js';

import type { Decoded, Decoder } from './fields.js';
import { spellingsOf } from './fields.js';
import { parseJson } from './json.js';
import { FieldProblem } from './problems.js';

interface AnyMessage extends Decoder<unknown> {
  readonly shape: Readonly<Record<string, Decoder<unknown>>>;
}

/** The request of a JSON body. An absent body is an empty message. */
export function decodeBody<M extends AnyMessage>(schema: M, text: string): Decoded<M> {
  return decode(schema, bodyValue(text));
}

/**
 * The request of a GET's query string, or, where that has no argument at all, of the body.
 * @param query without the question mark
 */
export function decodeQuery<M extends AnyMessage>(schema: M, query: string): Decoded<M> {
  return decode(schema, queryValue(schema, new URLSearchParams(query)));
}

function decode<M extends AnyMessage>(schema: M, value: unknown): Decoded<M> {
  try {
    return schema.decode(value) as Decoded<M>;
  } catch (error) {
    throw error instanceof FieldProblem ? error.toMlflowError() : error;
  }
}

function bodyValue(text: string): unknown {
  if (text.trim() === '') return {};
  let value = parseJson(text);
  // Old clients encode their JSON twice.
  if (typeof value === 'string') value = parseJson(value);
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidParameter('The request body must be a JSON object.');
  }
  return value;
}

function queryValue(schema: AnyMessage, query: URLSearchParams): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, decoder] of Object.entries(schema.shape)) {
    for (const spelling of spellingsOf(name)) {
      if (!query.has(spelling)) continue;
      if (decoder.isList === true) result[spelling] = query.getAll(spelling);
      else {
        const value = query.get(spelling) ?? '';
        result[spelling] = decoder.isBoolean === true ? booleanOfText(value) : value;
      }
    }
  }
  return result;
}

function booleanOfText(text: string): boolean {
  switch (text.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw invalidParameter(`Invalid boolean value: ${text}, must be 'true' or 'false'.`);
  }
}
