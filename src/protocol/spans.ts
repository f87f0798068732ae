/**
 * Spans: from the JSON that MLflow keeps, in which each attribute is JSON again in a text, to
 * OpenTelemetry's.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import type { Span } from '../domain/trace.js';

import { float, object, repeated, text } from './encode.js';
import { isObject } from './fields.js';
import { JsonNumber, parseJsonNumbers } from './json.js';

type Members = Readonly<Record<string, unknown>>;

export function spanObject({ content }: Span): string {
  const span = membersOf(parseJsonNumbers(content));
  const attributes = Object.entries(membersOf(span['attributes']));
  const status = membersOf(span['status']);
  return object(
    ['trace_id', idJson(span['trace_id'])],
    ['span_id', idJson(span['span_id'])],
    ['parent_span_id', idJson(span['parent_span_id'])],
    ['name', textJson(span['name'])],
    ['start_time_unix_nano', integerJson(span['start_time_unix_nano'])],
    ['end_time_unix_nano', integerJson(span['end_time_unix_nano'])],
    [
      'attributes',
      repeated(attributes, ([key, value]) => keyValueObject(key, attributeValue(value))),
    ],
    ['events', repeated(itemsOf(span['events']), eventObject)],
    [
      'status',
      object(['code', statusCode(status['code'])], ['message', textJson(status['message'])]),
    ],
  );
}

function eventObject(raw: unknown): string {
  const event = membersOf(raw);
  const attributes = Object.entries(membersOf(event['attributes']));
  return object(
    ['time_unix_nano', integerJson(event['time_unix_nano'])],
    ['name', textJson(event['name'])],
    ['attributes', repeated(attributes, ([key, value]) => keyValueObject(key, value))],
  );
}

/** Base64, as MLflow has kept them but for one version, which had them in hex. */
function idJson(id: unknown): string | undefined {
  if (typeof id !== 'string' || id === '') return undefined;
  if (id.endsWith('=')) return text(id);
  return text(Buffer.from(id.replace(/^tr-/, ''), 'hex').toString('base64'));
}

/** What is no JSON stands for itself. */
function attributeValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseJsonNumbers(value);
  } catch {
    return value;
  }
}

/** Protobuf leaves out an enum's first name. */
function statusCode(code: unknown): string | undefined {
  if (typeof code !== 'string') return undefined;
  const name = code.startsWith('STATUS_CODE_') ? code : `STATUS_CODE_${code}`;
  return name === 'STATUS_CODE_UNSET' ? undefined : text(name);
}

function keyValueObject(key: string, value: unknown): string {
  return object(['key', text(key)], ['value', anyValueObject(value)]);
}

function anyValueObject(value: unknown): string {
  if (value instanceof JsonNumber) return numberObject(value);
  if (typeof value === 'boolean') return object(['bool_value', String(value)]);
  if (typeof value === 'string') return object(['string_value', text(value)]);
  if (Array.isArray(value)) {
    return object(['array_value', object(['values', repeated(value, anyValueObject)])]);
  }
  if (typeof value !== 'object' || value === null) return object();
  const entries = Object.entries(value);
  const values = repeated(entries, ([key, member]) => keyValueObject(key, member));
  return object(['kvlist_value', object(['values', values])]);
}

function numberObject({ source }: JsonNumber): string {
  if (/^-?\d+$/.test(source) && BigInt.asIntN(64, BigInt(source)) === BigInt(source)) {
    return object(['int_value', source]);
  }
  return object(['double_value', float(Number(source))]);
}

/** MLflow writes 64-bit integers as numbers, where protobuf's JSON has texts. */
function integerJson(value: unknown): string | undefined {
  return value instanceof JsonNumber && value.source !== '0' ? value.source : undefined;
}

function textJson(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? text(value) : undefined;
}

function membersOf(value: unknown): Members {
  return isObject(value) ? value : {};
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
