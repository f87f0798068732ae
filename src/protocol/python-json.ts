/**
 * JSON as Python's `json.dumps` writes it: MLflow's error messages quote values that way and
 * clients match on the text.
 */

/** `'compact'`: `{"a":1}` with sorted keys. `'spaced'`: `{"a": 1}` in the order given. */
type Style = 'compact' | 'spaced';

export function pythonJson(value: unknown, style: Style = 'compact'): string {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'string':
      return pythonString(value);
    case 'number':
      return Number.isInteger(value) ? String(value) : pythonFloat(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object': {
      const [comma, colon] = style === 'compact' ? [',', ':'] : [', ', ': '];
      if (Array.isArray(value)) {
        return `[${value.map((item) => pythonJson(item, style)).join(comma)}]`;
      }
      const entries = Object.entries(value);
      if (style === 'compact') entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      const members = entries.map(
        ([key, item]) => `${pythonString(key)}${colon}${pythonJson(item, style)}`,
      );
      return `{${members.join(comma)}}`;
    }
    default:
      return 'null';
  }
}

/** A JSON string of ASCII characters only. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * A double as Python prints it: `1.0`, `1e-07`, `1e+16`. The same number in any JSON reader, and to
 * a reader that tells integers from floats (Python's own) it says float.
 */
export function pythonFloat(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e16) {
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (!Number.isFinite(value)) return String(value);
  // Python pads the exponent to two digits and turns to it earlier than JavaScript does.
  const text = value.toExponential();
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** What Python calls the type of a parsed JSON value. */
export function pythonTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return Array.isArray(value) ? 'list' : 'dict';
  }
}
