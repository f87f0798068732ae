import type { Catalog } from './catalog.js';
import type { RetryOptions } from './config.js';
import type { RefreshCoalescer } from './refresh/coalescer.js';
import type { StatementObserver } from './refresh/observer.js';
import type { RefreshPolicy } from './refresh/policy.js';
import type { StatementEvent } from './statement-event.js';
import type { Statements } from './statements.js';
import type { Transport } from './transport/transport.js';

/** What the connections of one dialect share. */
export interface SharedState {
  readonly schema: string;
  readonly policy: RefreshPolicy;
  readonly statements: Statements;
  readonly catalog: Catalog;
  readonly refreshes: RefreshCoalescer;
  readonly transport: Transport;
  readonly retry: RetryOptions | false | undefined;
  /** Whether a server ever answered. */
  reached: boolean;
  readonly onStatement: ((event: StatementEvent) => void) | undefined;
  readonly observer: StatementObserver | undefined;
}
