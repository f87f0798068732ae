/**
 * An INTERVAL, as `pg` has them: fields that are 0 are left out. All signs are those of the server,
 * each field has its own.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-interval
 */
export class Interval {
  declare readonly years?: number;
  declare readonly months?: number;
  declare readonly days?: number;
  declare readonly hours?: number;
  declare readonly minutes?: number;
  declare readonly seconds?: number;
  declare readonly milliseconds?: number;

  constructor(fields: Readonly<Partial<Record<IntervalField, number>>>) {
    for (const [name, value] of Object.entries(fields)) {
      if (value !== 0) Object.assign(this, { [name]: value });
    }
  }

  /** ISO 8601: `P1Y2M3DT4H5M6.007S`. */
  toISOString(): string {
    const { years, months, days, hours, minutes, seconds = 0, milliseconds = 0 } = this;
    const part = (value: number | undefined, unit: string) =>
      value === undefined ? '' : `${String(value)}${unit}`;
    const total = (seconds * 1000 + milliseconds) / 1000;
    const date = part(years, 'Y') + part(months, 'M') + part(days, 'D');
    const time = part(hours, 'H') + part(minutes, 'M') + (total === 0 ? '' : `${String(total)}S`);
    return date + time === '' ? 'PT0S' : `P${date}${time === '' ? '' : `T${time}`}`;
  }
}

type IntervalField =
  | 'years'
  | 'months'
  | 'days'
  | 'hours'
  | 'minutes'
  | 'seconds'
  | 'milliseconds';

const UNITS = { year: 'years', mon: 'months', day: 'days' } as const;

/**
 * Reads `1 year 2 mons -3 days -04:-05:-06.007`, as CrateDB writes it: a sign for each of hours,
 * minutes and seconds, which `pg` takes for nothing.
 */
export function parseInterval(text: string): Interval {
  const fields: Partial<Record<IntervalField, number>> = {};
  for (const [, value, unit] of text.matchAll(/(-?\d+) (year|mon|day)/g)) {
    fields[UNITS[unit as keyof typeof UNITS]] = Number(value);
  }
  const [, hours, minutes, sign, seconds, fraction = ''] =
    /(-?\d+):(-?\d+):(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (seconds !== undefined) {
    const signed = sign === '-' ? -1 : 1;
    fields.hours = Number(hours);
    fields.minutes = Number(minutes);
    fields.seconds = signed * Number(seconds);
    fields.milliseconds = signed * Number(fraction.padEnd(3, '0').slice(0, 3));
  }
  return new Interval(fields);
}
