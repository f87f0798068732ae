/** What the store needs to keep webhooks, and leaves to whoever opens it. */

/** Keeps secrets unreadable in the database. */
export interface SecretBox {
  /** @throws INVALID_PARAMETER_VALUE where there is no key to encrypt with. */
  encrypt(secret: string): string;
  /** @throws Error where it was encrypted with another key, or there is none. */
  decrypt(encrypted: string): string;
}

/** Says which URLs may be told of events. */
export interface WebhookTargets {
  /**
   * Looks the host up.
   * @throws INVALID_PARAMETER_VALUE where the URL may not be called.
   */
  check(url: string): Promise<void>;
}
