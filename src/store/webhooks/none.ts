import { MlflowError } from '../../domain/errors.js';
import type { WebhookOptions } from './index.js';

const refuse = () => {
  throw new MlflowError('FEATURE_DISABLED', 'This store was opened without webhooks.');
};

/** Of a store that keeps no secrets and calls nobody: it takes no new webhook. */
export const noWebhooks: WebhookOptions = {
  secrets: { encrypt: refuse, decrypt: refuse },
  targets: { check: () => Promise.resolve().then(refuse) },
};
