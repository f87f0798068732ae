/** The text of a value, or `absent` where there is none. */
export function textOf(value: unknown, absent = ''): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value === undefined || value === null ? absent : JSON.stringify(value);
  }
}
