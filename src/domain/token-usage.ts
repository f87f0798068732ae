/** The metadata of a trace that holds its tokens, as JSON. */
export const TOKEN_USAGE_KEY = 'mlflow.trace.tokenUsage';

const COUNTED = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
];

/** A number of a trace, for example its tokens. */
export interface TraceMetric {
  readonly key: string;
  readonly value: number;
}

/**
 * The tokens of a trace as numbers of it, which MLflow keeps beside the text. None where the text
 * can't be read, as MLflow has it, or one is no finite number: the trace counts for more.
 */
export function tokenMetrics(usage: string): readonly TraceMetric[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(usage);
  } catch {
    return [];
  }
  if (typeof parsed !== 'object' || parsed === null) return [];
  const tokens = parsed as Readonly<Record<string, unknown>>;
  const metrics = COUNTED.flatMap((key) => {
    const value = Object.hasOwn(tokens, key) ? tokens[key] : undefined;
    return value === undefined || value === null ? [] : [{ key, value: numberOf(value) }];
  });
  return metrics.every(({ value }) => Number.isFinite(value)) ? metrics : [];
}

function numberOf(value: unknown): number {
  if (typeof value === 'string') return value.trim() === '' ? Number.NaN : Number(value);
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : Number.NaN;
}
