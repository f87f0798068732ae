import { PoolExhaustedError } from '../../errors/index.js';

interface Waiter {
  readonly enter: () => void;
}

/** Lets so many callers in at once; the others wait in the order they came. */
export class Slots {
  readonly #count: number;
  readonly #timeoutMs: number;
  readonly #waiting = new Set<Waiter>();
  readonly #whenFree: (() => void)[] = [];
  #taken = 0;

  /** @param timeoutMs how long a caller waits; 0: for ever */
  constructor(count: number, timeoutMs: number) {
    this.#count = count;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @throws PoolExhaustedError where none becomes free in time
   * @throws the signal's reason, as soon as it is aborted
   */
  take(signal: AbortSignal | undefined): Promise<void> {
    if (this.#taken < this.#count) {
      this.#taken += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        enter: () => {
          leave();
          resolve();
        },
      };
      const timer =
        this.#timeoutMs === 0
          ? undefined
          : setTimeout(() => {
              leave();
              reject(new PoolExhaustedError(this.#timeoutMs, this.#count));
            }, this.#timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  give(): void {
    const [next] = this.#waiting;
    if (next !== undefined) {
      next.enter();
      return;
    }
    this.#taken -= 1;
    if (this.#taken === 0) for (const tell of this.#whenFree.splice(0)) tell();
  }

  /** Resolves once nobody is in. */
  whenFree(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenFree.push(resolve);
    });
  }
}
