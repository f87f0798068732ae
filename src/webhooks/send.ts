/**
 * One POST to a webhook. By node:http rather than fetch: only there can the connection be told,
 * without another dependency, which addresses it may go to; and it follows no redirects.
 * No proxy of the environment is used: it would look the host up itself.
 */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

import { MlflowError } from '../domain/errors.js';
import { type Address, type Guard, HostUnknownError } from './guard.js';
import {
  DELIVERY_ID_HEADER,
  SIGNATURE_HEADER,
  signatureOf,
  TIMESTAMP_HEADER,
} from './signature.js';

export interface Delivery {
  readonly url: string;
  readonly deliveryId: string;
  readonly body: string;
  readonly secret: string | undefined;
}

export interface Answer {
  readonly status: number;
  /** The first 64 KiB. */
  readonly body: string;
  readonly retryAfterMs: number | undefined;
}

/** There was no answer. */
export class SendError extends Error {
  override readonly name = 'SendError';
  /** This process may not call the URL, and didn't; one with other settings may. */
  readonly isRefused: boolean;

  constructor(message: string, isRefused = false) {
    super(message);
    this.isRefused = isRefused;
  }
}

export type Send = (delivery: Delivery, signal?: AbortSignal) => Promise<Answer>;

const MAX_BODY_BYTES = 64 * 1024;
/** What a timer can wait. */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * @param timeoutMs for the whole of it, from the lookup to the end of the answer; at most
 *   {@link LONGEST_TIMEOUT_MS}.
 */
export function createSend(guard: Guard, timeoutMs: number): Send {
  return (delivery, stop) =>
    within(timeoutMs, stop, async (signal) => {
      const addresses = await abortable(guard.addressesOf(delivery.url), signal);
      // Whatever a receiver does to the connection, it ends with the signal.
      return abortable(post(delivery, addresses, signal), signal);
    });
}

/** Says why this process may not call a URL; nothing where it may, or can't know now. */
export type Refusal = (url: string, signal?: AbortSignal) => Promise<string | undefined>;

/** @param timeoutMs for the lookup. */
export function createRefusal(guard: Guard, timeoutMs: number): Refusal {
  return async (url, stop) => {
    try {
      await within(timeoutMs, stop, (signal) => abortable(guard.addressesOf(url), signal));
      return undefined;
    } catch (error) {
      return error instanceof SendError && error.isRefused ? error.message : undefined;
    }
  };
}

/**
 * Runs `work` with a signal that ends it.
 * @throws SendError whatever goes wrong.
 */
async function within<Result>(
  timeoutMs: number,
  stop: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  // Not AbortSignal.any: it leaves something behind at `stop`, which lives as long as the process.
  const ending = new AbortController();
  const end = () => ending.abort();
  const late = new SendError(`There was no answer within ${String(timeoutMs / 1_000)} s.`);
  const timer = setTimeout(() => ending.abort(late), timeoutMs);
  stop?.addEventListener('abort', end);
  if (stop?.aborted === true) end();
  try {
    return await work(ending.signal);
  } catch (error) {
    if (ending.signal.reason === late) throw late;
    if (error instanceof MlflowError) throw new SendError(error.message, true);
    throw new SendError(reasonOf(error));
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', end);
  }
}

function post(
  { url, deliveryId, body, secret }: Delivery,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<Answer> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const bytes = Buffer.from(body, 'utf8');
  const request = new URL(url).protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const sent = request(
      url,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': bytes.length,
          'User-Agent': 'mlflow-cratedb',
          [DELIVERY_ID_HEADER]: deliveryId,
          [TIMESTAMP_HEADER]: timestamp,
          ...(secret === undefined
            ? {}
            : { [SIGNATURE_HEADER]: signatureOf(secret, deliveryId, timestamp, body) }),
        },
        // A connection of before may lead to an address of before.
        agent: false,
        lookup: lookupOf(addresses),
        signal,
      },
      (response) => {
        isAnswered = true;
        readBody(response).then(
          (text) =>
            resolve({
              status: response.statusCode ?? 0,
              body: text,
              retryAfterMs: retryAfter(response.headers['retry-after']),
            }),
          reject,
        );
      },
    );
    // Without a listener, Node tells nobody of an answer that asks for another protocol.
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: '', retryAfterMs: undefined });
    });
    sent.on('error', reject);
    sent.on('close', () => {
      if (!isAnswered) reject(new SendError('The connection was closed.'));
    });
    sent.end(bytes);
  });
}

/** Answers what was looked up and checked before. */
function lookupOf(addresses: readonly Address[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length >= MAX_BODY_BYTES) break;
  }
  const charset = /charset="?([\w-]+)/i.exec(response.headers['content-type'] ?? '')?.[1];
  return decoderOf(charset).decode(Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES));
}

function decoderOf(charset = 'utf-8'): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/** Seconds, or a date. @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** In one line, by the code of the system where there is one. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The request failed.';
  if (error instanceof SendError || error instanceof HostUnknownError) return error.message;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = inner instanceof Error && 'code' in inner ? inner.code : undefined;
  return typeof code === 'string' ? `The request failed: ${code}` : 'The request failed.';
}

async function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(new SendError('The request was stopped.'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}
