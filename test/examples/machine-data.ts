/** A made-up series of the same times as the real one: cold where the labels say so. */
const START = Date.parse('2013-12-02T21:15:00Z');
const END = Date.parse('2014-02-19T15:25:00Z');
const FIVE_MINUTES = 300_000;

/** The middle of each labelled window. */
const FAILURES = [
  ['2013-12-10T12:00:00Z', '2013-12-11T18:00:00Z'],
  ['2013-12-16T00:00:00Z', '2013-12-17T10:00:00Z'],
  ['2014-01-27T20:00:00Z', '2014-01-29T04:00:00Z'],
  ['2014-02-07T20:00:00Z', '2014-02-09T04:00:00Z'],
].map(([start = '', end = '']) => [Date.parse(start), Date.parse(end)] as const);

export const READINGS = (END - START) / FIVE_MINUTES + 1;

export function machineCsv(): string {
  const lines = ['timestamp,value'];
  for (let time = START; time <= END; time += FIVE_MINUTES) {
    const hours = (time - START) / 3_600_000;
    const failing = FAILURES.some(([start, end]) => start <= time && time <= end);
    const value = 85 + 6 * Math.sin(hours / 4) + 3 * Math.sin(hours * 1.7) - (failing ? 40 : 0);
    lines.push(`${new Date(time).toISOString().slice(0, 19).replace('T', ' ')},${value}`);
  }
  return `${lines.join('\n')}\n`;
}
