import { readdirSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';

import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { mount } from 'hono/mount';
import { afterEach, describe, expect, it } from 'vitest';

import { createApp, createHandler, serve } from '../../src/http/index.js';
import type { RunningServer } from '../../src/http/index.js';
import type { FakeStore } from './fake-store.js';
import { RUN_ID, fakeStore } from './fake-store.js';

let fake: FakeStore;
let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
  fake.dispose();
});

const GET_RUN = `/api/2.0/mlflow/runs/get?run_id=${RUN_ID}`;

describe('mounted in another service', () => {
  it('in a Hono app, by route()', async () => {
    fake = fakeStore();
    const parent = new Hono().route('/tracking', createApp(fake.store));
    expect((await parent.request(`http://localhost/tracking${GET_RUN}`)).status).toBe(200);
    const created = await parent.request(
      'http://localhost/tracking/api/2.0/mlflow-artifacts/mpu/create/1',
      {
        method: 'POST',
        body: '{"path":"f"}',
        headers: { 'Content-Type': 'application/json' },
      },
    );
    expect(await created.text()).toContain(
      '"url":"http://localhost/tracking/api/2.0/mlflow-artifacts/mpu/part/1/f?',
    );
    const missing = await parent.request('http://localhost/tracking/nope');
    expect([missing.status, await missing.text()]).toEqual([
      404,
      '{"error_code": "ENDPOINT_NOT_FOUND", "message": "There is no endpoint GET /nope."}',
    ]);
  });

  it('in a Hono app, by mount()', async () => {
    fake = fakeStore();
    const parent = new Hono().all('/tracking/*', mount(createHandler(fake.store).fetch));
    expect((await parent.request(`http://localhost/tracking${GET_RUN}`)).status).toBe(200);
  });

  it('in plain node:http', async () => {
    fake = fakeStore();
    const { fetch: handle } = createHandler(fake.store);
    const listener = getRequestListener(handle);
    const node = createServer((incoming, outgoing) => {
      if (incoming.url?.startsWith('/tracking/') === true) {
        incoming.url = incoming.url.slice('/tracking'.length);
        void listener(incoming, outgoing);
      } else {
        outgoing.end('mine');
      }
    });
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
    expect(await (await fetch(url)).text()).toBe('mine');
    const response = await fetch(`${url}/tracking${GET_RUN}`);
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining(RUN_ID),
    ]);
    node.closeAllConnections();
    node.close();
  });

  it('under a static prefix, which some paths go without', async () => {
    fake = fakeStore();
    const app = createApp(fake.store, { staticPrefix: '/p' });
    const status = async (path: string, method = 'GET') =>
      (await app.request(`http://localhost${path}`, { method })).status;
    expect(await status(`/p${GET_RUN}`)).toBe(200);
    expect(await status('/p/health')).toBe(200);
    expect(await status(GET_RUN)).toBe(404);
    expect(await status('/v1/traces', 'POST')).toBe(501);
    expect(await status('/pp/health')).toBe(404);
  });
});

describe('serve', () => {
  it('answers over a socket, large bodies too', async () => {
    fake = fakeStore();
    server = await serve(createApp(fake.store), { port: 0 });
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    const metrics = Array.from({ length: 800 }, (_, step) => ({
      key: 'm',
      value: step / 7,
      timestamp: step,
      step,
    }));
    const response = await fetch(`${server.url}/api/2.0/mlflow/runs/log-batch`, {
      method: 'POST',
      body: JSON.stringify({ run_id: RUN_ID, metrics }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect([response.status, await response.text()]).toEqual([200, '{}']);
    expect((fake.calls[0]?.[2] as { metrics: unknown[] }).metrics).toHaveLength(800);
  });

  it('rejects a port in use', async () => {
    fake = fakeStore();
    const app = createApp(fake.store);
    server = await serve(app, { port: 0 });
    await expect(serve(app, { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('streams artifacts larger than the limit of bodies, both ways', async () => {
    fake = fakeStore();
    server = await serve(createApp(fake.store, { maxBodyBytes: 1000 }), { port: 0 });
    const url = `${server.url}/api/2.0/mlflow-artifacts/artifacts/1/big.bin`;
    const content = Buffer.alloc(3_000_000, 'abc');
    expect((await fetch(url, { method: 'PUT', body: content })).status).toBe(200);
    const response = await fetch(url);
    expect(response.headers.get('content-length')).toBe('3000000');
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '3000000']);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    fake = fakeStore();
    server = await serve(createApp(fake.store, { logger: { error: () => {} } }), { port: 0 });
    const folder = join(fake.destination, '1');
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'PUT /api/2.0/mlflow-artifacts/artifacts/1/half.bin HTTP/1.1\r\nHost: localhost\r\n' +
        'Content-Length: 1000000\r\n\r\nhalf',
    );
    await until(() => filesIn(folder).length === 1);
    expect(filesIn(folder)[0]).toMatch(/mlflow-cratedb-tmp$/);
    socket.destroy();
    await until(() => filesIn(folder).length === 0);
    expect(filesIn(folder)).toEqual([]);
  });

  it('closes after what is under way is answered, idle connections or not', async () => {
    let answer: () => void = () => {};
    const waiting = new Promise<void>((resolve) => (answer = resolve));
    fake = fakeStore({ deleteRun: () => waiting });
    server = await serve(createApp(fake.store), { port: 0 });
    const agent = new Agent({ keepAlive: true });
    const { port } = server;
    // Leaves an idle connection open.
    expect(await send(agent, port, 'GET', '/health', '')).toBe(200);
    const slow = send(agent, port, 'POST', '/api/2.0/mlflow/runs/delete', `{"run_id":"${RUN_ID}"}`);
    await until(() => fake.calls.length === 1);

    let closed = false;
    const closing = server.close().then(() => (closed = true));
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    expect(closed).toBe(false);
    answer();
    expect(await slow).toBe(200);
    await closing;
    expect(closed).toBe(true);
    agent.destroy();
    server = undefined;
  });

  it('cuts off what takes longer than the grace', async () => {
    fake = fakeStore({ deleteRun: () => new Promise(() => {}) });
    server = await serve(createApp(fake.store), { port: 0 });
    const agent = new Agent();
    const stuck = send(agent, server.port, 'POST', '/api/2.0/mlflow/runs/delete', '{"run_id":"r"}');
    const outcome = stuck.catch((error: unknown) => error);
    await until(() => fake.calls.length === 1);
    await server.close(10);
    expect(await outcome).toBeInstanceOf(Error);
    server = undefined;
  });
});

function send(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  body: string,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    request({ agent, port, method, path, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end(body);
  });
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
