import type { WebhookDeliveryOptions } from '../../index.js';
import {
  booleanVariable,
  emptyToUndefined,
  integerVariable,
  listOf,
  type Variables,
} from '../variables.js';

export type WebhookSettings = WebhookDeliveryOptions;

/** A server looks for webhooks that others have made, more often than a store does. */
const IDLE_POLL_MS = 5_000;
/** What a timer of Node can wait: 24 days. */
const LONGEST_TIMEOUT_S = 2_147_483;

/** Named as MLflow names them; what MLflow hasn't, begins with MLFLOW_CRATEDB. */
export function webhookSettings(
  allowedTargets: readonly string[] | undefined,
  variables: Variables,
): WebhookSettings {
  const seconds = (name: string, most?: number) => {
    const value = integerVariable(variables, name, 1, most);
    return value === undefined ? undefined : value * 1_000;
  };
  return {
    allowedSchemes: listOf(emptyToUndefined(variables['MLFLOW_WEBHOOK_ALLOWED_SCHEMES'])),
    allowPrivateIps: booleanVariable(variables, 'MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS'),
    allowedTargets,
    secretEncryptionKey: emptyToUndefined(variables['MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY']),
    requestTimeoutMs: seconds('MLFLOW_WEBHOOK_REQUEST_TIMEOUT', LONGEST_TIMEOUT_S),
    maxRetries: integerVariable(variables, 'MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES', 0),
    maxWorkers: integerVariable(variables, 'MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS', 1),
    changeTimeoutMs: seconds('MLFLOW_CRATEDB_WEBHOOK_CHANGE_TIMEOUT'),
    idlePollIntervalMs: IDLE_POLL_MS,
  };
}
