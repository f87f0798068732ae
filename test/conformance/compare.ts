import type { Step } from './scenario.js';

export const ABSENT = '<absent>';

/** Path of a field -> the stock server's value and ours. */
export type FieldDifferences = Readonly<Record<string, readonly [stock: unknown, ours: unknown]>>;

/** `group: step` -> the fields that differ; steps that agree in all are left out. */
export type StepDifferences = Readonly<Record<string, FieldDifferences>>;

/** MLflow derives them from the code, which is compared. */
const DERIVED = new Set(['error_class', 'sqlstate']);

export function nameOf({ group, step }: Step): string {
  return `${group}: ${step}`;
}

/**
 * Compares step by step, field by field. What went over the wire is compared where the client's own
 * answer agrees: else it only says the same once more.
 */
export function compare(stock: readonly Step[], ours: readonly Step[]): StepDifferences {
  const byName = new Map(ours.map((step) => [nameOf(step), step]));
  const differences = stock.map((step) => {
    const name = nameOf(step);
    const { wire: stockWire, ...stockAnswer } = step;
    const { wire: ourWire, ...ourAnswer }: Partial<Step> = byName.get(name) ?? {};
    const inAnswer = [...fields('', stockAnswer, ourAnswer)];
    const found = inAnswer.length > 0 ? inAnswer : [...fields('wire', stockWire, ourWire)];
    return [name, Object.fromEntries(found)] as const;
  });
  return Object.fromEntries(differences.filter(([, found]) => Object.keys(found).length > 0));
}

type Field = readonly [path: string, values: readonly [stock: unknown, ours: unknown]];

function* fields(path: string, stock: unknown, ours: unknown): Generator<Field> {
  if (Object.is(stock, ours)) return;
  if (Array.isArray(stock) && Array.isArray(ours) && stock.length === ours.length) {
    for (const [index, item] of stock.entries()) {
      yield* fields(`${path}[${String(index)}]`, item, ours[index]);
    }
    return;
  }
  if (isObject(stock) && isObject(ours)) {
    const names = new Set([...Object.keys(stock), ...Object.keys(ours)]);
    const codesDiffer = stock['error_code'] !== ours['error_code'];
    for (const name of [...names].sort()) {
      if (codesDiffer && DERIVED.has(name)) continue;
      yield* fields(path === '' ? name : `${path}.${name}`, stock[name], ours[name]);
    }
    return;
  }
  yield [path, [stock ?? orAbsent(stock), ours ?? orAbsent(ours)]];
}

function orAbsent(value: unknown): unknown {
  return value === undefined ? ABSENT : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
