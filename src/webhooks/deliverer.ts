/**
 * Delivers what is due, beside any number of other servers that do the same; see queue.ts of the
 * store for how they keep out of each other's way.
 */
import type { SecretBox } from '../domain/webhooks/index.js';
import type { Claim, DeliveryQueue, Outcome, QueueKey } from '../store/index.js';
import { isDelivered, mayPass, waitMs } from './retries.js';
import { type Answer, type Send, SendError } from './send.js';

export interface DelivererOptions {
  readonly queue: DeliveryQueue;
  readonly send: Send;
  readonly secrets: SecretBox;
  /** The longest that `send` takes. */
  readonly timeoutMs: number;
  /** Deliveries at the same time. */
  readonly workers: number;
  /** Tries after the first. */
  readonly retries: number;
  /** What is older is tried once more. */
  readonly giveUpAfterMs: number;
  /** Is told of each dead letter, in one line. */
  readonly onDeadLetter: ((line: string) => void) | undefined;
  /** How often is looked for what is due, as long as there are webhooks. */
  readonly pollMs: number;
  /** How often is looked whether there are any. */
  readonly idlePollMs: number;
  /** How long finished deliveries are kept. */
  readonly keep: { readonly deliveredMs: number; readonly failedMs: number };
}

export interface Deliverer {
  /** Something is due: looks at once. */
  wake(): void;
  /** Claims nothing more, and waits for what is being sent; cuts it off after so long. */
  stop(graceMs: number): Promise<void>;
}

/** What a try may take beside the sending. */
const LEASE_MARGIN_MS = 5_000;
/** Of one queue read at once. */
const BATCH = 20;
const SWEEP_MS = 60 * 60_000;
/** A disabled webhook's deliveries are looked at this seldom; enabling it makes them due. */
const DISABLED_WAIT_MS = 10 * 60_000;
/** A secret that can't be read: another server may be able to. */
const SECRET_WAIT_MS = 60_000;

export function startDeliverer(options: DelivererOptions): Deliverer {
  const { queue, workers } = options;
  const stopping = new AbortController();
  const cut = new AbortController();
  const busy = new Map<string, Promise<void>>();
  const perWebhook = new Map<string, number>();
  /** So that one that doesn't answer leaves room for the others. */
  const mostPerWebhook = Math.max(1, Math.ceil(workers / 2));
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let sweptAt = -Infinity;

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    timer = setTimeout(wake, ms);
    timer.unref();
  }

  function wake(): void {
    if (stopping.signal.aborted) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = look()
      // The database is away, say: the next turn finds it.
      .catch(() => options.pollMs)
      .then((nextMs) => {
        looking = undefined;
        const wasWoken = again;
        again = false;
        if (wasWoken) wake();
        else schedule(nextMs);
      });
  }

  /** Answers when to look again. */
  async function look(): Promise<number> {
    if (!(await queue.isUsed())) return options.idlePollMs;
    if (performance.now() - sweptAt > SWEEP_MS) {
      sweptAt = performance.now();
      await queue.sweep(options.keep);
    }
    if (busy.size >= workers) return options.pollMs;
    const askedAt = performance.now();
    // More than there is room for: some may be of a webhook that has its share.
    const due = await queue.due(workers * 10, mostPerWebhook);
    // Where very many wait, looking for those that are due takes no more than a tenth of the time.
    const nextMs = Math.max(options.pollMs, (performance.now() - askedAt) * 10);
    for (const key of due) {
      if (busy.size >= workers || stopping.signal.aborted) break;
      begin(key);
    }
    return nextMs;
  }

  function begin(key: QueueKey): void {
    const name = JSON.stringify([key.webhookId, key.modelId]);
    const ofWebhook = perWebhook.get(key.webhookId) ?? 0;
    if (busy.has(name) || ofWebhook >= mostPerWebhook) return;
    perWebhook.set(key.webhookId, ofWebhook + 1);
    const work = workOff(key)
      // Claims that stand run out.
      .catch(() => false)
      .then((more) => {
        busy.delete(name);
        const left = (perWebhook.get(key.webhookId) ?? 1) - 1;
        if (left === 0) perWebhook.delete(key.webhookId);
        else perWebhook.set(key.webhookId, left);
        if (more) wake();
      });
    busy.set(name, work);
  }

  /** From the head on, until one must wait; answers whether there may be more that is due. */
  async function workOff(key: QueueKey): Promise<boolean> {
    const ids = await queue.waiting(key, BATCH);
    for (const id of ids) {
      if (stopping.signal.aborted) return false;
      const claim = await queue.claim(id, options.timeoutMs + LEASE_MARGIN_MS);
      // Not due yet, or another server is at it.
      if (claim === undefined) return false;
      const outcome = await deliver(key.webhookId, claim);
      if (!(await queue.settle(claim, outcome))) return false;
      if (outcome.state === 'ready') return false;
      if (outcome.state === 'failed') tell(key.webhookId, claim, outcome.error);
    }
    return ids.length > 0;
  }

  async function deliver(webhookId: string, claim: Claim): Promise<Outcome> {
    const target = await queue.target(webhookId);
    if (target.state === 'deleted') return { state: 'cancelled' };
    if (target.state === 'disabled') {
      return { state: 'ready', afterMs: DISABLED_WAIT_MS, uncounted: true };
    }
    let secret: string | undefined;
    try {
      secret = target.secret === undefined ? undefined : options.secrets.decrypt(target.secret);
    } catch {
      const error = "The webhook's secret can't be decrypted with the key of this server.";
      return tryAgain(claim, { error, afterMs: SECRET_WAIT_MS });
    }
    const { deliveryId, body } = claim;
    let answer: Answer;
    try {
      answer = await options.send({ url: target.url, deliveryId, body, secret }, cut.signal);
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      // Stopped by this server, not by the receiver.
      if (cut.signal.aborted) return { state: 'ready', afterMs: 0, uncounted: true };
      if (!error.mayPass) return { state: 'failed', error: error.message };
      return tryAgain(claim, { error: error.message, afterMs: waitMs(claim.attempts) });
    }
    const responseStatus = answer.status;
    if (isDelivered(answer)) return { state: 'delivered', responseStatus };
    const error = `The answer was ${String(responseStatus)}.`;
    if (!mayPass(answer)) return { state: 'failed', responseStatus, error };
    const afterMs = waitMs(claim.attempts, answer.retryAfterMs);
    return tryAgain(claim, { responseStatus, error, afterMs });
  }

  function tell(webhookId: string, { deliveryId, event }: Claim, error: string): void {
    options.onDeadLetter?.(
      `webhook ${webhookId}: delivery ${deliveryId} of ${event} is a dead letter. ${error}`,
    );
  }

  /** A receiver that is gone must not hold up its queue for the time of all tries of each. */
  function tryAgain(
    { attempts, ageMs }: Claim,
    failure: {
      readonly error: string;
      readonly afterMs: number;
      readonly responseStatus?: number;
    },
  ): Outcome {
    if (attempts > options.retries || ageMs > options.giveUpAfterMs) {
      const { error, responseStatus } = failure;
      return { state: 'failed', error, responseStatus };
    }
    return { state: 'ready', ...failure };
  }

  wake();
  return {
    wake,
    async stop(graceMs) {
      stopping.abort();
      clearTimeout(timer);
      const grace = setTimeout(() => cut.abort(), graceMs);
      await looking;
      await Promise.all(busy.values());
      clearTimeout(grace);
    },
  };
}
