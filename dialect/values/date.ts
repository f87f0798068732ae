/** In UTC where no zone is given; inside of objects, CrateDB sends milliseconds. */
export function toDate(value: unknown): Date {
  if (value instanceof Date) return value;
  if (typeof value !== 'string') return new Date(Number(value));
  if (/^-?\d+$/.test(value)) return new Date(Number(value));
  // A text without a zone is in UTC to CrateDB, and in local time to JavaScript.
  const hasZone = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(value);
  return new Date(hasZone ? value : `${value.replace(' ', 'T')}Z`);
}
