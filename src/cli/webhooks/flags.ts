/** The options as the command line gives them; what is absent was not given. */
export interface WebhookFlags {
  readonly backendStoreUri?: string;
  readonly json?: boolean;
}

export interface DeliveriesFlags extends WebhookFlags {
  readonly failed?: boolean;
  readonly webhook?: string | undefined;
  readonly limit?: string;
}

export interface RedeliverFlags extends WebhookFlags {
  readonly all?: boolean;
  readonly webhook?: string | undefined;
}
