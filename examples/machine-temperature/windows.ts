/**
 * When the machine was known to behave abnormally, as the Numenta Anomaly Benchmark labels it
 * (https://github.com/numenta/NAB), and where training ends. Times in UTC, both ends included.
 */
export interface Window {
  /** ms since the epoch. */
  readonly start: number;
  readonly end: number;
}

export const ANOMALY_WINDOWS: readonly Window[] = [
  ['2013-12-10T06:25:00Z', '2013-12-12T05:35:00Z'],
  ['2013-12-15T17:50:00Z', '2013-12-17T17:00:00Z'],
  ['2014-01-27T14:20:00Z', '2014-01-29T13:30:00Z'],
  ['2014-02-07T14:55:00Z', '2014-02-09T14:05:00Z'],
].map(([start = '', end = '']) => ({ start: Date.parse(start), end: Date.parse(end) }));

/** The detector learns from what is before, and is judged by what is after. */
export const TRAIN_END = Date.parse('2013-12-15T00:00:00Z');

export function isAnomalous(time: number): boolean {
  return ANOMALY_WINDOWS.some(({ start, end }) => start <= time && time <= end);
}
