import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Call {
  readonly path: string;
  readonly deliveryId: string;
  readonly timestamp: string;
  readonly signature: string | undefined;
  readonly body: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Respond = (call: Call, response: ServerResponse, earlier: number) => void;

export interface Receiver {
  readonly url: string;
  /** In the order in which they came. */
  readonly calls: Call[];
  /** How the next ones are answered; `earlier`: how often the same delivery came before. */
  respond: Respond;
  close(): Promise<void>;
}

const ok: Respond = (_call, response) => response.end('ok');

/** A real HTTP server that webhooks lead to. */
export async function startReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const { entity, action, data } = JSON.parse(body) as {
        entity: string;
        action: string;
        data: Record<string, unknown>;
      };
      const call: Call = {
        path: request.url ?? '',
        deliveryId: String(request.headers['x-mlflow-delivery-id']),
        timestamp: String(request.headers['x-mlflow-timestamp']),
        signature: request.headers['x-mlflow-signature'] as string | undefined,
        body,
        event: `${entity}.${action}`,
        data,
      };
      const earlier = seen.get(call.deliveryId) ?? 0;
      seen.set(call.deliveryId, earlier + 1);
      calls.push(call);
      receiver.respond(call, response, earlier);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    respond: ok,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** Answers with a status, and headers. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, headers).end();
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * As MLflow's documentation has a receiver check it: the signature's version, the HMAC over
 * `<delivery id>.<timestamp>.<body>`, and that the timestamp is no more than five minutes old.
 */
export function isSigned(call: Call, secret: string): boolean {
  const [version, base64 = ''] = call.signature?.split(',') ?? [];
  const expected = createHmac('sha256', secret)
    .update(`${call.deliveryId}.${call.timestamp}.${call.body}`)
    .digest();
  const given = Buffer.from(base64, 'base64');
  const age = Math.abs(Date.now() / 1_000 - Number(call.timestamp));
  return (
    version === 'v1' &&
    given.length === expected.length &&
    timingSafeEqual(given, expected) &&
    age <= 300
  );
}

/** Each delivery once, by its id, as a receiver has it that drops what it knows. */
export function distinct(calls: readonly Call[]): readonly Call[] {
  const first = new Map<string, Call>();
  for (const call of calls) if (!first.has(call.deliveryId)) first.set(call.deliveryId, call);
  return [...first.values()];
}

const PATIENCE_MS = 40_000;

/** Polls until the condition holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`Never: ${what}`);
    await sleep(20);
  }
}
