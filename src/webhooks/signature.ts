import { createHmac } from 'node:crypto';

/** MLflow's headers of a delivery. */
export const DELIVERY_ID_HEADER = 'X-MLflow-Delivery-Id';
export const TIMESTAMP_HEADER = 'X-MLflow-Timestamp';
export const SIGNATURE_HEADER = 'X-MLflow-Signature';

/**
 * What `X-MLflow-Signature` says: version 1, and the base64 of the HMAC-SHA256 over
 * `<delivery id>.<timestamp>.<body>`, keyed by the secret's text.
 * @param timestamp seconds since the epoch, as in `X-MLflow-Timestamp`
 * @see https://mlflow.org/docs/latest/ml/webhooks/
 */
export function signatureOf(
  secret: string,
  deliveryId: string,
  timestamp: string,
  body: string,
): string {
  const hmac = createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`);
  return `v1,${hmac.digest('base64')}`;
}
