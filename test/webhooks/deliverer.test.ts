/** How a process looks for what is due, over a queue in memory. */
import { describe, expect, it } from 'vitest';

import type { Claim, DeliveryQueue, QueueKey, Target } from '../../src/store/index.js';
import type { DueOptions } from '../../src/store/webhooks/queue.js';
import {
  type Deliverer,
  type DelivererOptions,
  startDeliverer,
} from '../../src/webhooks/deliverer.js';
import { until } from './receiver.js';

const ACTIVE: Target = { state: 'active', url: 'http://hooks.example/', secret: undefined };
const LONG = 600_000;

/** A queue of deliveries that are due at once, `<webhook>/<model>/<position>`. */
class MemoryQueue implements DeliveryQueue {
  readonly waitingIds = new Set<string>();
  readonly delivered: string[] = [];
  readonly targets = new Map<string, Target>();
  changes = 1;
  looks = 0;
  claims = 0;

  add(webhookId: string, models: number, each = 1): void {
    for (let model = 0; model < models; model += 1) {
      for (let at = 0; at < each; at += 1) {
        this.waitingIds.add(`${webhookId}/${String(model)}/${String(at)}`);
      }
    }
  }

  version = () => Promise.resolve(this.changes);
  sweep = () => Promise.resolve();
  target = (webhookId: string) => Promise.resolve(this.targets.get(webhookId) ?? ACTIVE);

  due(limit: number, { except = [], webhookId }: DueOptions = {}) {
    if (webhookId === undefined) this.looks += 1;
    const heads = new Map<string, QueueKey & { head: string }>();
    for (const head of this.waitingIds) {
      const [webhook = '', modelId = ''] = head.split('/');
      if (except.includes(webhook) || (webhookId ?? webhook) !== webhook) continue;
      const name = `${webhook}/${modelId}`;
      if (!heads.has(name)) heads.set(name, { webhookId: webhook, modelId, head });
    }
    return Promise.resolve([...heads.values()].slice(0, limit));
  }

  waiting({ webhookId, modelId }: QueueKey, limit: number) {
    const prefix = `${webhookId}/${modelId}/`;
    const ids = [...this.waitingIds].filter((id) => id.startsWith(prefix));
    return Promise.resolve(ids.slice(0, limit));
  }

  claim(deliveryId: string): Promise<Claim | 'gone'> {
    this.claims += 1;
    if (!this.waitingIds.has(deliveryId)) return Promise.resolve('gone');
    const others = { event: 'prompt.created', body: '{}', attempts: 1, ageMs: 0 } as const;
    return Promise.resolve({ deliveryId, owner: '', ...others });
  }

  settle({ deliveryId }: Claim, { state }: { readonly state: string }) {
    if (state !== 'ready') {
      this.waitingIds.delete(deliveryId);
      this.delivered.push(deliveryId);
    }
    return Promise.resolve(true);
  }

  refuse = () => Promise.resolve({ kind: 'said' } as const);
}

function start(queue: DeliveryQueue, others: Partial<DelivererOptions> = {}): Deliverer {
  return startDeliverer({
    queue,
    send: () => Promise.resolve({ status: 200, body: '', retryAfterMs: undefined }),
    refusal: () => Promise.resolve(undefined),
    secrets: { encrypt: (secret) => secret, decrypt: (secret) => secret },
    timeoutMs: 1_000,
    workers: 4,
    retries: 1,
    giveUpAfterMs: LONG,
    onDeadLetter: undefined,
    pollMs: LONG,
    idlePollMs: LONG,
    keep: { deliveredMs: LONG, failedMs: LONG },
    ...others,
  });
}

describe('a deliverer', () => {
  it('works off what one look found, however much it is', async () => {
    const queue = new MemoryQueue();
    // More than it begins at once, and than it reads of one queue at once.
    queue.add('a', 30, 150);
    const deliverer = start(queue);
    await until('all are delivered', () => queue.delivered.length === 4_500);
    expect(queue.looks).toBe(1);
    for (let model = 0; model < 30; model += 1) {
      const ofModel = queue.delivered.filter((id) => id.startsWith(`a/${String(model)}/`));
      const inOrder = Array.from({ length: 150 }, (_, at) => `a/${String(model)}/${String(at)}`);
      expect(ofModel).toEqual(inOrder);
    }
    await deliverer.stop(0);
  });

  it('gives other queues their turn before a long one is at its end', async () => {
    const queue = new MemoryQueue();
    queue.add('long', 1, 500);
    queue.add('short', 1, 1);
    const deliverer = start(queue, { workers: 1 });
    await until('all are delivered', () => queue.delivered.length === 501);
    expect(queue.delivered.indexOf('short/0/0')).toBe(100);
    expect(queue.looks).toBe(1);
    await deliverer.stop(0);
  });

  it('looks no more often for being woken, and sends what it is woken for', async () => {
    const queue = new MemoryQueue();
    const deliverer = start(queue);
    await until('it has looked', () => queue.looks === 1);
    for (let model = 0; model < 50; model += 1) {
      const id = `woken/${String(model)}/0`;
      queue.waitingIds.add(id);
      deliverer.wake([{ webhookId: 'woken', modelId: String(model) }]);
      await until('it is sent', () => queue.delivered.includes(id));
    }
    expect(queue.looks).toBe(1);
    await deliverer.stop(0);
  });

  it('looks again as soon as it may where there is more than it asked for', async () => {
    const queue = new MemoryQueue();
    queue.add('a', 2_500);
    const deliverer = start(queue);
    await until('all are delivered', () => queue.delivered.length === 2_500);
    // Though the next turn is far away.
    expect(queue.looks).toBe(3);
    await deliverer.stop(0);
  });

  it('claims nothing of what it may not send until a webhook is changed', async () => {
    const queue = new MemoryQueue();
    queue.add('off', 3);
    queue.add('not-here', 3);
    queue.add('on', 3);
    queue.targets.set('off', { state: 'disabled', url: '', secret: undefined });
    queue.targets.set('not-here', { ...ACTIVE, url: 'refused' });
    const deliverer = start(queue, {
      pollMs: 5,
      refusal: (url) => Promise.resolve(url === 'refused' ? 'not here' : undefined),
    });
    await until('the one that is on is told', () => queue.delivered.length === 3);
    const { looks } = queue;
    await until('it has looked some more', () => queue.looks >= looks + 5);
    expect(queue.claims).toBe(3);
    // Both are heard of at the next look.
    queue.targets.clear();
    queue.changes += 1;
    await until('all are told', () => queue.delivered.length === 9);
    await deliverer.stop(0);
  });

  it('whose database hangs is stopped all the same', async () => {
    const queue = new MemoryQueue();
    queue.add('a', 1);
    queue.settle = () => new Promise(() => undefined);
    const deliverer = start(queue);
    await until('it is sent', () => queue.claims === 1);
    const looking = new MemoryQueue();
    looking.version = () => new Promise(() => undefined);
    await Promise.all([deliverer.stop(1), start(looking).stop(1)]);
    expect(queue.delivered).toEqual([]);
    expect(looking.looks).toBe(0);
  });
});
