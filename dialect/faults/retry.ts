import type { RetryOptions } from '../config.js';
import { CrateConnectionError, PoolExhaustedError } from '../errors/index.js';
import { sleep } from '../sleep.js';

const DEFAULTS = { timeoutMs: 30_000, minDelayMs: 50, maxDelayMs: 2_000 } as const;

/** What one query may still try after its connection failed. */
export class Retry {
  readonly #options: Required<RetryOptions> | undefined;
  readonly #atOnce: number;
  readonly #signal: AbortSignal | undefined;
  readonly #started = Date.now();
  #attempts = 0;
  #delayMs: number;

  /**
   * @param atOnce attempts that follow without a wait: one for each other host
   * @param reached whether a server ever answered; else nobody waits for one
   */
  constructor(
    options: RetryOptions | false | undefined,
    atOnce: number,
    reached: boolean,
    signal?: AbortSignal,
  ) {
    this.#options = options === false || !reached ? undefined : { ...DEFAULTS, ...options };
    this.#atOnce = options === false ? 0 : atOnce;
    this.#signal = signal;
    this.#delayMs = this.#options?.minDelayMs ?? 0;
  }

  /** Resolves once the next attempt is due; to false where there shall be none. */
  async again(error: unknown): Promise<boolean> {
    if (!isTransient(error) || this.#signal?.aborted === true) return false;
    this.#attempts += 1;
    if (this.#attempts <= this.#atOnce) return true;
    const options = this.#options;
    if (options === undefined) return false;
    // Half of it at random: those who lost their server at the same moment come back spread out.
    const wait = this.#delayMs * (0.5 + Math.random() / 2);
    if (Date.now() + wait - this.#started > options.timeoutMs) return false;
    this.#delayMs = Math.min(this.#delayMs * 2, options.maxDelayMs);
    await sleep(wait, this.#signal);
    return true;
  }
}

/** A login that was refused, or a certificate, stays so. */
function isTransient(error: unknown): boolean {
  return (
    error instanceof CrateConnectionError &&
    !(error instanceof PoolExhaustedError) &&
    error.sqlstate?.startsWith('28') !== true
  );
}
