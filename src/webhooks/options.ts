import type { GuardOptions } from './guard.js';

/** How webhooks are kept and delivered. */
export interface WebhookDeliveryOptions extends GuardOptions {
  /**
   * Deliver, beside all other processes of the database that do. Where none does, events wait in
   * the table until one does. Default: true.
   */
  readonly deliver?: boolean | undefined;
  /**
   * The Fernet key of the secrets, as MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY. Default: on the
   * embedded database, a key in the file `webhook-secrets.key` of the data folder, made when it is
   * first needed; on CrateDB none, and no secrets then.
   */
  readonly secretEncryptionKey?: string | undefined;
  /** For a whole request. Default: 30,000 ms; at most 2,147,483,647. */
  readonly requestTimeoutMs?: number | undefined;
  /** Tries after the first. Default: 16, which takes about five hours. */
  readonly maxRetries?: number | undefined;
  /**
   * An event that is older isn't tried again when it fails, or when no process may send it, so that
   * a receiver that is gone holds up what is behind no longer than that. Default: 24 hours, in ms.
   */
  readonly giveUpAfterMs?: number | undefined;
  /** Is told, in one line, of each dead letter. Default: nobody is. */
  readonly onDeadLetter?: ((line: string) => void) | undefined;
  /** Deliveries at the same time. Default: 10. */
  readonly maxWorkers?: number | undefined;
  /** How often is looked for what is due, as long as there are webhooks. Default: 1,000 ms. */
  readonly pollIntervalMs?: number | undefined;
  /** How often is looked whether there are any. Default: 60,000 ms. */
  readonly idlePollIntervalMs?: number | undefined;
  /**
   * How long a change of the registry may take before its process counts as dead, and its event is
   * judged by what stands. Default: 60,000 ms.
   */
  readonly changeTimeoutMs?: number | undefined;
  /** How long what was delivered stays in the table. Default: 7 days, in ms. */
  readonly keepDeliveredMs?: number | undefined;
  /** How long dead letters stay in the table. Default: 90 days, in ms. */
  readonly keepFailedMs?: number | undefined;
  /** How long `close` waits for what is being sent. Default: 5,000 ms. */
  readonly closeTimeoutMs?: number | undefined;
}
