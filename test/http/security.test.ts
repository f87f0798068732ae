import { afterEach, describe, expect, it } from 'vitest';

import type { Client } from './client.js';
import { clientOf } from './client.js';
import { RUN_ID } from './fake-store.js';

let client: Client;
afterEach(() => client.dispose());

const DELETE = '/api/2.0/mlflow/runs/delete';
const body = `{"run_id":"${RUN_ID}"}`;

function post(headers: Record<string, string>, path = DELETE) {
  return client.send('POST', path, {
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

describe('the Host header', () => {
  it.each([
    'localhost',
    'localhost:81',
    '127.0.0.1:5000',
    '[::1]:5000',
    '10.1.2.3',
    '192.168.0.1:80',
    '172.31.0.1',
    '0.0.0.0:1',
  ])('serves %s', async (host) => {
    client = clientOf();
    expect((await post({ host })).status).toBe(200);
  });

  it.each(['evil.com', 'localhost.evil.com', '172.32.0.1', '11.0.0.1', '[::2]:5000'])(
    'refuses %s',
    async (host) => {
      client = clientOf();
      expect(await post({ host })).toMatchObject({
        status: 403,
        text: 'Invalid Host header - possible DNS rebinding attack detected',
      });
      expect((await client.send('GET', '/health', { headers: { host } })).status).toBe(200);
      expect((await client.send('GET', '/version', { headers: { host } })).status).toBe(200);
      expect(client.calls).toEqual([]);
    },
  );

  it('serves what a list says, and no other', async () => {
    client = clientOf({}, { allowedHosts: ['a.org', '*.b.org:80'] });
    for (const [host, status] of [
      ['a.org', 200],
      ['a.org:80', 403],
      ['x.b.org:80', 200],
      ['localhost', 403],
    ] as const) {
      expect([host, (await post({ host })).status]).toEqual([host, status]);
    }
    client = clientOf({}, { allowedHosts: ['*'] });
    expect((await post({ host: 'anything' })).status).toBe(200);
  });
});

describe('other origins', () => {
  it('may not write', async () => {
    client = clientOf();
    for (const origin of ['http://evil.com', 'http://localhost.evil.com', 'null']) {
      expect(await post({ origin })).toMatchObject({
        status: 403,
        text: 'Cross-origin request blocked',
      });
    }
    expect(client.calls).toEqual([]);
    for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:8']) {
      expect((await post({ origin })).status).toBe(200);
    }
  });

  it('may write if they are listed', async () => {
    client = clientOf({}, { corsAllowedOrigins: ['https://a.org', 'https://*.b.org'] });
    for (const [origin, status] of [
      ['https://a.org', 200],
      ['https://x.b.org', 200],
      ['http://a.org', 403],
    ] as const) {
      expect([origin, (await post({ origin })).status]).toEqual([origin, status]);
    }
    client = clientOf({}, { corsAllowedOrigins: ['*'] });
    expect((await post({ origin: 'http://evil.com' })).status).toBe(200);
  });

  it('may not write below a static prefix either, where the stock server lets them', async () => {
    client = clientOf({}, { staticPrefix: '/p' });
    expect((await post({ origin: 'http://evil.com' }, `/p${DELETE}`)).status).toBe(403);
  });

  it('get their answer to a GET, without leave to read it', async () => {
    client = clientOf();
    const get = (origin: string) =>
      client.send('GET', `/api/2.0/mlflow/runs/get?run_id=${RUN_ID}`, { headers: { origin } });
    const foreign = await get('http://evil.com');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([
      200,
      null,
    ]);
    const local = await get('http://localhost:3000');
    expect(Object.fromEntries(local.headers)).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': '*',
      vary: 'Origin',
    });
  });

  it('get their preflight answered', async () => {
    client = clientOf();
    const preflight = (origin: string) =>
      client.send('OPTIONS', DELETE, {
        headers: {
          origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type',
        },
      });
    const answer = await preflight('http://localhost:3000');
    expect([answer.status, answer.text]).toEqual([200, 'OK']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS, PATCH',
      'access-control-max-age': '600',
      'access-control-allow-credentials': 'true',
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-headers': 'content-type',
      vary: 'Origin',
    });
    expect(await preflight('http://evil.com')).toMatchObject({
      status: 400,
      text: 'Disallowed CORS origin',
    });
  });

  it('other OPTIONS name the methods', async () => {
    client = clientOf();
    const answer = await client.send('OPTIONS', DELETE);
    expect([answer.status, answer.text, answer.headers.get('allow')]).toEqual([
      204,
      '',
      'POST, OPTIONS',
    ]);
  });
});

describe('headers', () => {
  it('are on every answer, errors included', async () => {
    client = clientOf();
    for (const path of ['/health', '/nope', '/api/2.0/mlflow/runs/get?run_id=none', '/graphql']) {
      expect(Object.fromEntries((await client.send('GET', path)).headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
      });
    }
  });

  it('follow the option', async () => {
    client = clientOf({}, { xFrameOptions: 'deny' });
    expect((await client.send('GET', '/health')).headers.get('x-frame-options')).toBe('DENY');
    client = clientOf({}, { xFrameOptions: 'NONE' });
    expect((await client.send('GET', '/health')).headers.get('x-frame-options')).toBeNull();
  });

  it('and all checks can be turned off', async () => {
    client = clientOf({}, { disableSecurityMiddleware: true });
    expect((await post({ host: 'evil.com', origin: 'http://evil.com' })).status).toBe(200);
    expect((await client.send('GET', '/health')).headers.get('x-frame-options')).toBeNull();
  });
});
