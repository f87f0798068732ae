import { digitsOf } from '../../values/json.js';

/** `12:34:56.789+01:00`, from microseconds and the seconds of the zone; none where that is UTC. */
export function toTimeText(microseconds: unknown, zone: unknown): string {
  const total = toNumber(microseconds);
  const seconds = Math.floor(total / 1e6);
  const fraction = String(total % 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const time = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(twoDigits).join(':');
  return time + (fraction === '' ? '' : `.${fraction}`) + toZoneText(toNumber(zone));
}

function toZoneText(seconds: number): string {
  if (seconds === 0) return '';
  const minutes = Math.abs(seconds) / 60;
  return `${seconds < 0 ? '-' : '+'}${twoDigits(minutes / 60)}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** `(a,1,"b c")`: a record, as CrateDB writes it on the PostgreSQL wire, with nothing escaped. */
export function toRecordText(fields: readonly unknown[]): string {
  return `(${fields.map(toFieldText).join(',')})`;
}

function toFieldText(field: unknown): string {
  if (field === null) return '';
  if (typeof field !== 'string') return JSON.stringify(field);
  return digitsOf(field) ?? (/^$|[",()\\\s]/.test(field) ? `"${field}"` : field);
}

/** Marked or not; NaN and the infinities are texts. */
export function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number(digitsOf(value) ?? value);
}
