import { describe, expect, it } from 'vitest';

import { serverSettings } from '../../src/cli/settings.js';
import { createWebhookParts } from '../../src/webhooks/index.js';

describe('the server’s settings of webhooks', () => {
  it('take a timeout up to what a timer can wait, from a program too', async () => {
    const { webhooks } = serverSettings({}, { MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '2147483' });
    expect(webhooks.requestTimeoutMs).toBe(2_147_483_000);
    expect(() => createWebhookParts(webhooks, { kind: 'none' })).not.toThrow();
    for (const requestTimeoutMs of [0, NaN, 2 ** 31]) {
      expect(() => createWebhookParts({ requestTimeoutMs }, { kind: 'none' })).toThrow(
        `requestTimeoutMs must be from 1 to 2147483647 ms. Got ${String(requestTimeoutMs)}.`,
      );
    }
  });

  it('are MLflow’s variables, and ours', () => {
    const { webhooks } = serverSettings(
      {},
      {
        MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http, https',
        MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
        MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: 'key',
        MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '5',
        MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: '0',
        MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS: '3',
        MLFLOW_CRATEDB_WEBHOOK_ALLOWED_TARGETS: 'hooks.internal, 10.0.0.0/8',
        MLFLOW_CRATEDB_WEBHOOK_CHANGE_TIMEOUT: '7',
      },
    );
    expect(webhooks).toMatchObject({
      allowedSchemes: ['http', 'https'],
      allowPrivateIps: true,
      secretEncryptionKey: 'key',
      requestTimeoutMs: 5_000,
      maxRetries: 0,
      maxWorkers: 3,
      allowedTargets: ['hooks.internal', '10.0.0.0/8'],
      changeTimeoutMs: 7_000,
    });
  });

  it('take the option before the variable, and leave the rest to the store', () => {
    const { webhooks } = serverSettings(
      { webhookAllowedTargets: 'a' },
      { MLFLOW_CRATEDB_WEBHOOK_ALLOWED_TARGETS: 'b', MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '' },
    );
    expect(webhooks.allowedTargets).toEqual(['a']);
    expect(webhooks.requestTimeoutMs).toBeUndefined();
    expect(webhooks.maxRetries).toBeUndefined();
    expect(webhooks.allowPrivateIps).toBeUndefined();
  });

  it.each([
    ['MLFLOW_WEBHOOK_REQUEST_TIMEOUT', '0', 'a whole number from 1 to 2147483'],
    ['MLFLOW_WEBHOOK_REQUEST_TIMEOUT', '1.5', 'a whole number from 1 to 2147483'],
    ['MLFLOW_WEBHOOK_REQUEST_TIMEOUT', '2147484', 'a whole number from 1 to 2147483'],
    ['MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES', '-1', 'a whole number from 0 on'],
    ['MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS', 'x', 'a whole number from 1 on'],
    ['MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS', 'maybe', "'true' or 'false'"],
  ])('refuse %s=%s', (name, value, expected) => {
    expect(() => serverSettings({}, { [name]: value })).toThrow(
      `The environment variable ${name} must be ${expected}. Got '${value}'.`,
    );
  });
});
