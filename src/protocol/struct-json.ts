import { pythonFloat } from '../domain/python-text.js';

/**
 * JSON of a `google.protobuf.Value`, whose numbers are all doubles: `1` is `1.0` to a reader that
 * tells integers from floats. What JSON has no number for is text. As compact as JSON can be; the
 * order of members is kept.
 * @see https://protobuf.dev/reference/protobuf/google.protobuf/#value
 */
export function structJson(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? pythonFloat(value) : JSON.stringify(String(value));
    case 'bigint':
      return pythonFloat(Number(value));
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(structJson).join(',')}]`;
      const members = Object.entries(value).map(
        ([key, member]) => `${JSON.stringify(key)}:${structJson(member)}`,
      );
      return `{${members.join(',')}}`;
    }
    default:
      return 'null';
  }
}
