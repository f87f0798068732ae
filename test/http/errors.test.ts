import { afterEach, describe, expect, it } from 'vitest';

import { MlflowError } from '../../src/domain/errors.js';
import { OPERATIONS } from '../../src/http/operations.js';
import { ROUTES } from '../../src/protocol/index.js';
import type { Client } from './client.js';
import { clientOf, invalidBody } from './client.js';
import { RUN_ID } from './fake-store.js';

let client: Client;
afterEach(() => client.dispose());

describe('errors', () => {
  it('an endpoint that is not there yet: 501, naming itself', async () => {
    client = clientOf();
    const missing = ROUTES.filter(({ operation }) => OPERATIONS[operation] === undefined);
    expect(missing.length).toBeGreaterThan(150);
    for (const { method, pattern } of missing) {
      const path = pattern.replace(/<path:\w+>/g, 'a/b').replace(/<\w+>/g, 'x');
      const { status, text } = await client.send(method, path);
      expect([method, path, status, text]).toEqual([
        method,
        path,
        501,
        // Clients look for words of their own in one of them, which test/http/traces.test.ts tells.
        `{"error_code": "NOT_IMPLEMENTED", "message": "${method} ${pattern} is not implemented by mlflow-cratedb yet.${
          pattern === '/v1/traces' ? ' REST OTLP span logging is not supported.' : ''
        }"}`,
      ]);
    }
  });

  it('serves the groups it says it serves', () => {
    const groups = new Set(
      ROUTES.filter(
        ({ group, operation }) =>
          ['experiments', 'runs', 'metrics', 'logged models'].includes(group) && OPERATIONS[operation] === undefined,
      ),
    );
    expect([...groups]).toEqual([]);
  });

  it('an unknown path, in the same form', async () => {
    client = clientOf();
    expect(await client.get('nope')).toMatchObject({
      status: 404,
      text: '{"error_code": "ENDPOINT_NOT_FOUND", "message": "There is no endpoint GET /api/2.0/mlflow/nope."}',
    });
    expect(await client.send('GET', '/health/')).toMatchObject({ status: 404 });
  });

  it('a wrong method', async () => {
    client = clientOf();
    const answer = await client.post('experiments/get', '{}');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(JSON.parse(answer.text).error_code).toBe('ENDPOINT_NOT_FOUND');
  });

  it.each([
    ['BAD_REQUEST', 400, 'KAM00', 'INVALID_PARAMETER_VALUE'],
    ['RESOURCE_ALREADY_EXISTS', 400, 'KAM00', 'RESOURCE_ALREADY_EXISTS'],
    ['PERMISSION_DENIED', 403, 'KAM00', 'PERMISSION_DENIED'],
    ['FEATURE_DISABLED', 500, 'KAM00', 'FEATURE_DISABLED'],
    ['INVALID_STATE', 500, 'XXM00', 'CLIENT_INTERNAL_ERROR'],
    ['INTERNAL_ERROR', 500, 'XXM00', 'CLIENT_INTERNAL_ERROR'],
    ['TEMPORARILY_UNAVAILABLE', 503, 'XXM00', 'CLIENT_INTERNAL_ERROR'],
  ] as const)('%s is a %d', async (code, status, sqlstate, errorClass) => {
    client = clientOf({
      deleteRun: async () => {
        throw new MlflowError(code, 'why');
      },
    });
    expect(await client.post('runs/delete', `{"run_id":"${RUN_ID}"}`)).toMatchObject({
      status,
      text: `{"error_code": "${code}", "message": "why", "sqlstate": "${sqlstate}", "error_class": "${errorClass}"}`,
    });
  });

  it('what nobody expected: a request id for the client, the place for the log, no values', async () => {
    client = clientOf({
      deleteRun: async () => {
        throw Object.assign(new Error('Key (secret)=(value) breaks it'), { code: '22P02' });
      },
    });
    const { status, text } = await client.post('runs/delete', '{"run_id":"secret"}');
    expect(status).toBe(500);
    const { error_code: code, message } = JSON.parse(text);
    expect(code).toBe('INTERNAL_ERROR');
    const requestId = /[0-9a-f-]{36}/.exec(message)?.[0] ?? 'none';
    expect(client.log).toHaveLength(1);
    expect(client.log[0]).toContain(
      `POST /api/2.0/mlflow/runs/delete 500 INTERNAL_ERROR request id ${requestId}: Error 22P02 at `,
    );
    expect(`${text}${client.log.join('')}`).not.toContain('secret');
  });

  it('a bug of our own is logged with its message', async () => {
    client = clientOf({
      deleteRun: async () => {
        throw new TypeError('x is not a function');
      },
    });
    await client.post('runs/delete', '{"run_id":"r"}');
    expect(client.log[0]).toContain('TypeError x is not a function');
  });

  it.each([
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('shutdown'), { code: '57P01' }),
    Object.assign(new Error('gone'), { name: 'ConnectionError' }),
  ])('a lost database: 503 (%s)', async (error) => {
    client = clientOf({
      deleteRun: async () => {
        throw error;
      },
    });
    const { status, text } = await client.post('runs/delete', '{"run_id":"r"}');
    expect([status, JSON.parse(text).error_code]).toEqual([503, 'TEMPORARILY_UNAVAILABLE']);
  });

  it('logs nothing for what a client did wrong', async () => {
    client = clientOf();
    await client.get('nope');
    await client.post('runs/delete', '{}');
    expect(client.log).toEqual([]);
  });

  it('a body over the limit: 413, with and without a length', async () => {
    client = clientOf({}, { maxBodyBytes: 100 });
    const json = JSON.stringify({ name: 'x'.repeat(200) });
    const headers = { 'Content-Type': 'application/json' };
    const path = '/api/2.0/mlflow/experiments/create';
    const lengths = [{ ...headers, 'Content-Length': String(json.length) }, headers];
    for (const each of lengths) {
      expect(await client.send('POST', path, { body: json, headers: each })).toMatchObject({
        status: 413,
        text: invalidBody('The request body is larger than 100 bytes.'),
      });
    }
    expect(client.calls).toEqual([]);
  });

  it('a workspace, which there is none of', async () => {
    client = clientOf();
    const headers = { 'X-MLFLOW-WORKSPACE': 'w' };
    expect(
      await client.send('GET', '/api/2.0/mlflow/runs/get?run_id=r', { headers }),
    ).toMatchObject({
      status: 500,
      text:
        '{"error_code": "FEATURE_DISABLED", "message": "Workspace APIs are not available: ' +
        'workspaces are not enabled on this server", "sqlstate": "KAM00", "error_class": "FEATURE_DISABLED"}',
    });
    expect((await client.send('GET', '/api/3.0/mlflow/server-info', { headers })).status).toBe(200);
  });
});
