import type { Bin } from './load.ts';
import type { Window } from './windows.ts';

export interface Plot {
  readonly title: string;
  readonly bins: readonly Bin[];
  readonly scores: readonly number[];
  readonly threshold: number;
  readonly windows: readonly Window[];
  /** Training ends here, ms since the epoch. */
  readonly trainEnd: number;
}

const WIDTH = 1_200;
const LEFT = 60;
const RIGHT = 20;
const TEMPERATURE = { top: 60, height: 300 };
const SCORE = { top: 410, height: 140 };
const HEIGHT = 600;
/** One point a bin would be twenty points a pixel. */
const POINTS = 2_400;
const DAY_MS = 86_400_000;

type Scale = (value: number) => number;

/** Temperature above, score below; labelled windows shaded, alarms as ticks between the two. */
export function renderPlot(plot: Plot): string {
  const { bins, scores, windows, threshold, trainEnd } = plot;
  const times = bins.map((bin) => bin.time);
  const x = scale(times[0]!, times.at(-1)!, LEFT, WIDTH - RIGHT);
  const temperatures = bins.map((bin) => bin.value);
  const yTemperature = upwards(temperatures, TEMPERATURE);
  const yScore = upwards([0, threshold, ...scores], SCORE);
  const bottom = SCORE.top + SCORE.height;

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
      'font-family="sans-serif" font-size="12">',
    '<rect width="100%" height="100%" fill="white"/>',
    text(LEFT, 24, plot.title, 'font-size="16"'),
    ...windows.map(
      ({ start, end }) =>
        `<rect x="${px(x(start))}" y="${TEMPERATURE.top}" width="${px(x(end) - x(start))}" ` +
        `height="${bottom - TEMPERATURE.top}" fill="#fdd9b5"/>`,
    ),
    line(x(trainEnd), TEMPERATURE.top, x(trainEnd), bottom, '#555', '6 4'),
    text(x(trainEnd) + 4, TEMPERATURE.top - 6, 'test →'),
    text(x(trainEnd) - 4, TEMPERATURE.top - 6, '← training', 'text-anchor="end"'),
    ...axis(temperatures, yTemperature, 'temperature, °F', TEMPERATURE.top),
    path(times, temperatures, x, yTemperature, '#1f5fa8'),
    ...alarmTicks(plot, x),
    ...axis([0, ...scores], yScore, 'score', SCORE.top),
    path(times, scores, x, yScore, '#444'),
    line(LEFT, yScore(threshold), WIDTH - RIGHT, yScore(threshold), '#c0392b', '4 3'),
    text(WIDTH - RIGHT, yScore(threshold) - 4, 'threshold', 'text-anchor="end" fill="#c0392b"'),
    ...dates(times, x, bottom),
    '</svg>',
    '',
  ].join('\n');
}

/** Neighbouring alarms are one tick. */
function alarmTicks({ bins, scores, threshold }: Plot, x: Scale): string[] {
  const y = TEMPERATURE.top + TEMPERATURE.height + 12;
  const ticks: string[] = [text(LEFT, y + 20, 'alarms', 'fill="#c0392b"')];
  let start: number | undefined;
  for (let index = 0; index <= bins.length; index++) {
    const alarm = (scores[index] ?? 0) > threshold;
    if (alarm) start ??= index;
    if (alarm || start === undefined) continue;
    const [from, to] = [x(bins[start]!.time), x(bins[index - 1]!.time)];
    ticks.push(
      `<rect x="${px(from)}" y="${y}" width="${px(Math.max(to - from, 1))}" height="8" ` +
        'fill="#c0392b"/>',
    );
    start = undefined;
  }
  return ticks;
}

/** Of several bins that fall on one point, the least and the greatest, so that no peak is lost. */
function path(
  times: readonly number[],
  values: readonly number[],
  x: Scale,
  y: Scale,
  colour: string,
): string {
  const step = Math.max(1, Math.ceil((2 * values.length) / POINTS));
  const points: string[] = [];
  for (let start = 0; start < values.length; start += step) {
    const indices = Array.from(
      { length: Math.min(step, values.length - start) },
      (_, offset) => start + offset,
    );
    const least = indices.reduce((a, b) => (values[b]! < values[a]! ? b : a));
    const greatest = indices.reduce((a, b) => (values[b]! > values[a]! ? b : a));
    for (const index of new Set([least, greatest].toSorted((a, b) => a - b))) {
      points.push(`${px(x(times[index]!))},${px(y(values[index]!))}`);
    }
  }
  return `<polyline fill="none" stroke="${colour}" points="${points.join(' ')}"/>`;
}

function axis(values: readonly number[], y: Scale, label: string, top: number): string[] {
  const [least, greatest] = extent(values);
  const step = niceStep((greatest - least) / 4);
  const marks: string[] = [text(LEFT + 6, top + 12, label)];
  for (let mark = Math.ceil(least / step) * step; mark <= greatest; mark += step) {
    marks.push(line(LEFT, y(mark), WIDTH - RIGHT, y(mark), '#ddd'));
    marks.push(text(LEFT - 8, y(mark) + 4, String(mark), 'text-anchor="end"'));
  }
  return marks;
}

function dates(times: readonly number[], x: Scale, y: number): string[] {
  const marks: string[] = [];
  const first = Math.ceil(times[0]! / DAY_MS) * DAY_MS;
  for (let time = first; time <= times.at(-1)!; time += 7 * DAY_MS) {
    marks.push(line(x(time), y, x(time), y + 6, '#555'));
    const day = new Date(time).toISOString().slice(0, 10);
    marks.push(text(x(time), y + 22, day, 'text-anchor="middle"'));
  }
  return marks;
}

function scale(from: number, to: number, start: number, end: number): Scale {
  return (value) => start + ((value - from) / (to - from || 1)) * (end - start);
}

function upwards(
  values: readonly number[],
  { top, height }: { readonly top: number; readonly height: number },
): Scale {
  const [least, greatest] = extent(values);
  return scale(least, greatest, top + height, top);
}

function extent(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, dashes = ''): string {
  const dashed = dashes === '' ? '' : ` stroke-dasharray="${dashes}"`;
  return (
    `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" ` +
    `stroke="${colour}"${dashed}/>`
  );
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replace(/[<&]/g, (sign) => (sign === '<' ? '&lt;' : '&amp;'));
  return `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escaped}</text>`;
}

function px(value: number): string {
  return value.toFixed(1);
}
