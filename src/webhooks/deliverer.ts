/**
 * Delivers what is due, beside any number of other servers that do the same; see queue.ts of the
 * store for how they keep out of each other's way.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { DeliveryQueue, QueueKey } from '../store/index.js';
import { SetAside, type Version } from './set-aside.js';
import { createTries, type Obstacle, type TryOptions } from './try-once.js';

export interface DelivererOptions extends TryOptions {
  readonly queue: DeliveryQueue;
  /** The longest that `send` takes. */
  readonly timeoutMs: number;
  /** Deliveries at the same time. */
  readonly workers: number;
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
  /** These queues have something that is due. */
  wake(queues: readonly QueueKey[]): void;
  /**
   * Claims nothing more, and waits for what is being sent; cuts it off after so long, and leaves it
   * where it is 2 s later, if the database doesn't answer.
   */
  stop(graceMs: number): Promise<void>;
}

/** What a try may take beside the sending. */
const LEASE_MARGIN_MS = 5_000;
/** Of one queue read at once, and how many of them before other queues have their turn. */
const BATCH = 20;
const BATCHES = 5;
/** Queues asked for at once. */
const MOST_QUEUES = 1_000;
const SWEEP_MS = 60 * 60_000;
/** A webhook that this process doesn't call is looked at again so much later, and up to a tenth. */
const SET_ASIDE_MS = 60_000;
/** What this process can't send is left to others for so many of its looks. */
const PATIENCE_LOOKS = 10;
/** After what is being sent was cut off, for the database. */
const SETTLE_MS = 2_000;

export function startDeliverer(options: DelivererOptions): Deliverer {
  const { queue, workers, pollMs, giveUpAfterMs } = options;
  const tries = createTries(options);
  const stopping = new AbortController();
  const cut = new AbortController();
  const busy = new Map<string, Promise<void>>();
  const perWebhook = new Map<string, number>();
  /** So that one that doesn't answer leaves room for the others. */
  const mostPerWebhook = Math.max(1, Math.ceil(workers / 2));
  /** Queues that have something, by their names; `isFound`: by the last look. */
  const ready = new Map<string, { readonly key: QueueKey; readonly isFound: boolean }>();
  const setAside = new SetAside();
  /** Webhooks that met no obstacle here. */
  const callable = new Set<string>();
  const patienceMs = PATIENCE_LOOKS * pollMs;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isUsed = false;
  let wasWoken = false;
  /** There may be more than was found, which may be asked for from then on. */
  let moreFrom: number | undefined;
  let sweptAt = -Infinity;

  function schedule(ms: number): void {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    timer = setTimeout(startLooking, ms);
    timer.unref();
  }

  function startLooking(): void {
    if (looking !== undefined || stopping.signal.aborted) return;
    wasWoken = false;
    looking = look()
      // The database is away, say: the next turn finds it.
      .catch(() => pollMs)
      .then((nextMs) => {
        looking = undefined;
        fill();
        schedule(wasWoken && !isUsed ? 0 : nextMs);
      });
  }

  /** Answers when to look again. */
  async function look(): Promise<number> {
    const version = await queue.version();
    isUsed = version !== undefined;
    if (!isUsed) return options.idlePollMs;
    setAside.noticeVersion(version);
    if (performance.now() - sweptAt > SWEEP_MS) {
      sweptAt = performance.now();
      await queue.sweep(options.keep);
    }
    const askedAt = performance.now();
    const due = await queue.due(MOST_QUEUES, { except: setAside.webhookIds });
    for (const [name, { isFound }] of ready) if (isFound) ready.delete(name);
    for (const key of due) offer(key, true);
    // Where very many wait, looking for those that are due takes no more than a tenth of the time.
    const restMs = (performance.now() - askedAt) * 10;
    moreFrom = due.length === MOST_QUEUES ? performance.now() + restMs : undefined;
    return Math.max(pollMs, restMs);
  }

  function offer({ webhookId, modelId }: QueueKey, isFound: boolean): void {
    const name = JSON.stringify([webhookId, modelId]);
    // What is left out is found by a look.
    if (ready.has(name) || ready.size >= 2 * MOST_QUEUES) return;
    ready.set(name, { key: { webhookId, modelId }, isFound });
  }

  /** Begins as many queues as there is room for. */
  function fill(): void {
    for (const [name, { key }] of ready) {
      if (busy.size >= workers || stopping.signal.aborted) return;
      if (setAside.has(key.webhookId)) ready.delete(name);
      else if (!busy.has(name) && (perWebhook.get(key.webhookId) ?? 0) < mostPerWebhook) {
        ready.delete(name);
        begin(name, key);
      }
    }
    if (ready.size > 0 || moreFrom === undefined) return;
    schedule(Math.max(0, moreFrom - performance.now()));
    moreFrom = undefined;
  }

  function begin(name: string, key: QueueKey): void {
    const { webhookId } = key;
    perWebhook.set(webhookId, (perWebhook.get(webhookId) ?? 0) + 1);
    const work = workOff(key)
      // Claims that stand run out.
      .catch(() => false)
      .then((hasMore) => {
        busy.delete(name);
        const left = (perWebhook.get(webhookId) ?? 1) - 1;
        if (left === 0) perWebhook.delete(webhookId);
        else perWebhook.set(webhookId, left);
        if (hasMore) offer(key, false);
        fill();
      });
    busy.set(name, work);
  }

  /** From the head on, until one must wait; answers whether there may be more that is due. */
  async function workOff(key: QueueKey): Promise<boolean> {
    const { version } = setAside;
    if (!callable.has(key.webhookId)) {
      const target = await queue.target(key.webhookId);
      const obstacle = await tries.obstacle(target, cut.signal);
      if (obstacle !== undefined) {
        await leave(key.webhookId, version, obstacle);
        return false;
      }
      if (target.state === 'active') callable.add(key.webhookId);
    }
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const ids = await queue.waiting(key, BATCH);
      for (const id of ids) {
        if (stopping.signal.aborted || !(await passes(key, id, version))) return false;
      }
      if (ids.length < BATCH) return false;
    }
    return true;
  }

  /** Sends one; answers whether what is behind it may go on. */
  async function passes(key: QueueKey, id: string, version: Version): Promise<boolean> {
    const { webhookId } = key;
    const claim = await queue.claim(id, options.timeoutMs + LEASE_MARGIN_MS);
    if (claim === 'gone') return true;
    if (claim === 'waits') return false;
    const target = await queue.target(webhookId);
    const { outcome, obstacle } = await tries.once(target, claim, cut.signal);
    const isSettled = await queue.settle(claim, outcome);
    if (obstacle !== undefined) {
      callable.delete(webhookId);
      await leave(webhookId, version, obstacle);
    }
    if (!isSettled || outcome.state === 'ready') return false;
    if (outcome.state === 'failed') tellDead(webhookId, id, claim.event, outcome.error);
    return true;
  }

  /** Leaves a webhook alone; where others may call it but don't, its queues say why. */
  async function leave(webhookId: string, version: Version, obstacle: Obstacle): Promise<void> {
    const forMs = SET_ASIDE_MS * (1 + Math.random() / 10);
    setAside.add(webhookId, version, forMs);
    if (obstacle.kind === 'disabled') return;
    const refused = { error: obstacle.error, patienceMs, giveUpAfterMs };
    let isEarly = false;
    for (const due of await queue.due(MOST_QUEUES, { webhookId })) {
      let head: string | undefined = due.head;
      while (head !== undefined && !stopping.signal.aborted) {
        const said = await queue.refuse(head, refused);
        isEarly ||= said.kind === 'early';
        if (said.kind !== 'dead') break;
        tellDead(webhookId, head, said.event, refused.error);
        [head] = await queue.waiting(due, 1);
      }
    }
    if (isEarly) setAside.add(webhookId, version, Math.min(patienceMs, forMs));
  }

  function tellDead(webhookId: string, id: string, event: string, error: string): void {
    options.onDeadLetter?.(
      `webhook ${webhookId}: delivery ${id} of ${event} is a dead letter. ${error}`,
    );
  }

  startLooking();
  return {
    wake(queues) {
      for (const key of queues) offer(key, false);
      wasWoken = true;
      fill();
      if (!isUsed) startLooking();
    },
    async stop(graceMs) {
      stopping.abort();
      clearTimeout(timer);
      ready.clear();
      const bounds = new AbortController();
      const grace = setTimeout(() => cut.abort(), graceMs);
      const bound = sleep(graceMs + SETTLE_MS, undefined, { signal: bounds.signal });
      await Promise.race([Promise.all([looking, ...busy.values()]), bound]);
      clearTimeout(grace);
      bounds.abort();
      await bound.catch(() => undefined);
    },
  };
}
