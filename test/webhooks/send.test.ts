import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createGuard, type GuardOptions } from '../../src/webhooks/guard.js';
import { isDelivered, mayPass, waitMs } from '../../src/webhooks/retries.js';
import { createRefusal, createSend } from '../../src/webhooks/send.js';
import { answer, isSigned, type Receiver, startReceiver } from './receiver.js';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.calls.length = 0;
  receiver.respond = (_call, response) => response.end('ok');
});

const BODY = '{"entity": "prompt", "action": "created", "data": {}}';
const SECRET = 'geheim ü';

function send(url: string, options: GuardOptions = {}, timeoutMs = 10_000) {
  const guard = createGuard({ allowedSchemes: ['http'], ...options });
  return createSend(guard, timeoutMs)({ url, deliveryId: 'd', body: BODY, secret: SECRET });
}
const LOCAL = { allowedTargets: ['127.0.0.1'] };

/** A receiver that does with the connection what it likes; answers its URL to `use`. */
async function withRawReceiver(
  onRequest: (socket: Socket) => void,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => onRequest(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('sending', () => {
  it('is signed by MLflow’s rule', async () => {
    expect(await send(receiver.url, LOCAL)).toEqual({
      status: 200,
      body: 'ok',
      retryAfterMs: undefined,
    });
    const [call] = receiver.calls;
    expect(call?.body).toBe(BODY);
    expect(isSigned(call!, SECRET)).toBe(true);
    expect(isSigned(call!, 'another')).toBe(false);
    expect(isSigned({ ...call!, body: `${BODY} ` }, SECRET)).toBe(false);
  });

  it('follows no redirect', async () => {
    receiver.respond = (_call, response) => answer(response, 307, { location: receiver.url });
    const redirected = await send(receiver.url, LOCAL);
    expect(redirected.status).toBe(307);
    expect(isDelivered(redirected)).toBe(false);
    expect(receiver.calls).toHaveLength(1);
  });

  it('goes to the addresses that were checked, whatever the name means later', async () => {
    const { port } = new URL(receiver.url);
    const url = `http://rebound.example:${port}/`;
    // Public when the webhook was made, and inside when it is called.
    const answers = [['8.8.8.8'], ['127.0.0.1']];
    const resolve = async () =>
      (answers.shift() ?? ['127.0.0.1']).map((address) => ({ address, family: 4 as const }));
    const guard = createGuard({ allowedSchemes: ['http'], resolve });
    await expect(guard.check(url)).resolves.toBeUndefined();
    const delivery = { url, deliveryId: 'd', body: BODY, secret: undefined };
    const called = createSend(guard, 10_000)(delivery);
    await expect(called).rejects.toMatchObject({
      isRefused: true,
      message:
        'Webhook URL must not resolve to a non-public IP address. ' +
        "'rebound.example' resolves to 127.0.0.1.",
    });
    expect(receiver.calls).toEqual([]);
  });

  it('looks a name up once a call, and connects to what it found', async () => {
    const { port } = new URL(receiver.url);
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return [{ address: '127.0.0.1', family: 4 as const }];
    };
    const options = { resolve, allowedTargets: ['named.example'] };
    expect((await send(`http://named.example:${port}/x`, options)).status).toBe(200);
    expect(lookups).toBe(1);
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/x']);
  });

  it('keeps no more of the answer than 64 KiB', async () => {
    receiver.respond = (_call, response) => {
      response.write('x'.repeat(200_000));
      // Never ended.
    };
    const { body, status } = await send(receiver.url, LOCAL);
    expect(status).toBe(200);
    expect(body).toHaveLength(64 * 1024);
  });

  it('reads the answer in its charset', async () => {
    receiver.respond = (_call, response) => {
      response.setHeader('content-type', 'text/plain; charset=iso-8859-1');
      response.end(Buffer.from([0x67, 0x72, 0xf6]));
    };
    expect((await send(receiver.url, LOCAL)).body).toBe('grö');
  });

  it('gives up on who doesn’t answer', async () => {
    receiver.respond = () => undefined;
    await expect(send(receiver.url, LOCAL, 100)).rejects.toMatchObject({
      isRefused: false,
      message: 'There was no answer within 0.1 s.',
    });
  });

  it('takes a change of the protocol for an answer, and ends the connection', async () => {
    let closed: Promise<unknown> | undefined;
    const upgrade = 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
    await withRawReceiver(
      (socket) => {
        closed = once(socket, 'close');
        socket.resume();
        socket.write(upgrade);
      },
      async (url) => {
        const answered = await send(url, LOCAL);
        expect(answered).toEqual({ status: 101, body: '', retryAfterMs: undefined });
        expect([isDelivered(answered), mayPass(answered)]).toEqual([false, false]);
        await closed;
      },
    );
  });

  it.each([
    ['nothing', '', 'The request failed: ECONNRESET'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-', 'The request failed: ECONNRESET'],
    ['no HTTP', 'what?\r\n\r\n', 'The request failed: HPE_INVALID_CONSTANT'],
    ['half', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx', 'The request failed: ECONNRESET'],
  ])('fails on who says %s and hangs up', async (_, text, message) => {
    await withRawReceiver(
      (socket) => socket.end(text),
      async (url) => {
        await expect(send(url, LOCAL)).rejects.toMatchObject({ isRefused: false, message });
      },
    );
  });

  it('gives up on who says nothing but that it goes on', async () => {
    await withRawReceiver(
      (socket) => {
        socket.write('HTTP/1.1 102 Processing\r\n\r\n');
      },
      async (url) => {
        await expect(send(url, LOCAL, 100)).rejects.toMatchObject({
          message: 'There was no answer within 0.1 s.',
        });
      },
    );
  });

  it('leaves nothing at the signal that outlives it', async () => {
    const stop = new AbortController();
    const guard = createGuard({ allowedSchemes: ['http'], ...LOCAL });
    const delivery = { url: receiver.url, deliveryId: 'd', body: BODY, secret: undefined };
    expect((await createSend(guard, 1_000)(delivery, stop.signal)).status).toBe(200);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    // It ends what is being sent, or was to be.
    receiver.respond = () => undefined;
    const sending = createSend(guard, 10_000)(delivery, stop.signal);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    await expect(sending).rejects.toMatchObject({ message: 'The request was stopped.' });
    await expect(createSend(guard, 10_000)(delivery, stop.signal)).rejects.toMatchObject({
      message: 'The request was stopped.',
    });
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('tells what it may not call from what can’t be reached', async () => {
    await expect(send('http://127.0.0.1:1/', LOCAL)).rejects.toMatchObject({
      isRefused: false,
      message: 'The request failed: ECONNREFUSED',
    });
    const resolve = () => Promise.reject(Object.assign(new Error('x'), { code: 'EAI_AGAIN' }));
    await expect(send('http://away.example/', { resolve })).rejects.toMatchObject({
      isRefused: false,
      message: "Cannot resolve webhook URL hostname 'away.example': EAI_AGAIN",
    });
    await expect(send(receiver.url)).rejects.toMatchObject({ isRefused: true });
    const refusal = createRefusal(createGuard({ allowedSchemes: ['http'], resolve }), 1_000);
    expect(await refusal(receiver.url)).toContain("'127.0.0.1' resolves to 127.0.0.1.");
    expect(await refusal('http://8.8.8.8/')).toBeUndefined();
    expect(await refusal('http://away.example/')).toBeUndefined();
  });
});

describe('trying again', () => {
  it.each([429, 500, 502, 503, 504])('%i may pass', (status) => {
    expect(mayPass({ status, body: '', retryAfterMs: undefined })).toBe(true);
  });

  it.each([301, 400, 401, 404, 410, 413, 501, 505])('%i is final', (status) => {
    expect(mayPass({ status, body: '', retryAfterMs: undefined })).toBe(false);
  });

  it('413 may pass where it says when', () => {
    expect(mayPass({ status: 413, body: '', retryAfterMs: 1_000 })).toBe(true);
  });

  it('waits twice as long each time, up to an hour, and a little longer', () => {
    const least = [1, 2, 3, 12, 13, 16].map((attempts) => waitMs(attempts, undefined, () => 0));
    expect(least).toEqual([1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000]);
    expect(waitMs(1, undefined, () => 1)).toBe(2_000);
    expect(waitMs(13, undefined, () => 1)).toBe(3_960_000);
  });

  it('waits as long as the receiver asks for, up to a day', () => {
    expect(waitMs(1, 120_000, () => 0)).toBe(120_000);
    expect(waitMs(9, 0, () => 0)).toBe(0);
    expect(waitMs(1, 1e12, () => 0)).toBe(86_400_000);
  });

  it.each([
    ['7', 7_000, 7_000],
    [new Date(Date.now() + 60_000).toUTCString(), 50_000, 60_000],
    [new Date(0).toUTCString(), 0, 0],
  ])('reads Retry-After: %s', async (header, least, most) => {
    receiver.respond = (_call, response) => answer(response, 503, { 'retry-after': header });
    const { retryAfterMs = -1 } = await send(receiver.url, LOCAL);
    expect(retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(retryAfterMs).toBeLessThanOrEqual(most);
  });
});
