import type { AppContext } from '../environment.js';
import { HttpError } from '../http-error.js';

/**
 * The body as text, if it is no longer than the limit. With a length in the headers that is known
 * before a byte is read, and the parser of HTTP lets no more through; without one, bytes are
 * counted as they come.
 */
export async function readText(c: AppContext, maxBytes: number): Promise<string> {
  const length = contentLength(c);
  if (length === undefined) return new TextDecoder().decode(await collect(c, maxBytes));
  if (length > maxBytes) throw tooLarge(maxBytes);
  return c.req.raw.text();
}

export async function readBytes(c: AppContext, maxBytes: number): Promise<Uint8Array> {
  if ((contentLength(c) ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return collect(c, maxBytes);
}

export function contentLength(c: AppContext): number | undefined {
  const value = c.req.header('content-length');
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

async function collect(c: AppContext, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    const bytes = chunk as Uint8Array;
    total += bytes.length;
    if (total > maxBytes) throw tooLarge(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, total);
}

export function tooLarge(maxBytes: number): HttpError {
  return new HttpError(
    413,
    'INVALID_PARAMETER_VALUE',
    `The request body is larger than ${maxBytes} bytes.`,
  );
}
