/** Of several addresses of one host, Node reports an AggregateError with an empty message. */
export function messageOf(error: Error): string {
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError) {
    const first: unknown = error.errors[0];
    if (first instanceof Error) return first.message;
  }
  return codeOf(error) ?? error.name;
}

export function codeOf(error: Error): string | undefined {
  return stringField(error, 'code');
}

export function stringField(error: Error, name: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The driver's error holds values in its message, detail and where; a log prints causes. What is
 * kept of it is the place it came from.
 */
export function sanitize(error: Error, message: string, code: string | undefined): Error {
  const clean: Error & { code?: string } = new Error(message);
  clean.name = error.name;
  if (code !== undefined) clean.code = code;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  clean.stack = [`${error.name}: ${message}`, ...frames].join('\n');
  return clean;
}
