import { describe, expect, it } from 'vitest';

import { MlflowError, type Store } from '../../src/index.js';
import type { StoreContext } from '../../src/store/context.js';
import { createIntents, type IntentHandler, LeaseLostError } from '../../src/store/sql/intents.js';
import { describeStores, uniqueName } from '../helpers/stores.js';

const LEASE_MS = 1_000;

/** Several processes on one database, each with a clock of its own. */
function scene(store: Store) {
  const intentId = uniqueName('thing');
  function process(handler: IntentHandler, at = 0) {
    const context: StoreContext = {
      db: store.db,
      workspace: 'default',
      artifactRoot: 'mlflow-artifacts:/',
      truncateLongValues: true,
      now: () => 1_700_000_000_000 + at,
    };
    return createIntents(context, { handlers: { work: handler }, leaseMs: LEASE_MS });
  }
  return { intentId, intent: { intentId, kind: 'work', payload: 'p' }, process };
}

describe('intents', () => {
  describeStores('work of several steps', (store) => {
    it('is done once, by the payload', async () => {
      const { intent, process } = scene(store());
      const seen: string[] = [];
      await process(async (payload) => void seen.push(payload)).run(intent);
      expect(seen).toEqual(['p']);
      expect(await process(async () => void seen.push('again')).finishAbandoned()).toBe(0);
      expect(seen).toEqual(['p']);
    });

    it('of a dead process is finished by the sweep, or by whoever waits for the thing', async () => {
      for (const way of ['sweep', 'settle', 'run'] as const) {
        const { intent, intentId, process } = scene(store());
        const dying = process(() => Promise.reject(new Error('died')));
        await expect(dying.run(intent)).rejects.toThrow('died');
        const seen: string[] = [];
        const next = process(async (payload) => void seen.push(payload), 2 * LEASE_MS);
        if (way === 'sweep') expect(await next.finishAbandoned()).toBe(1);
        if (way === 'settle') await next.settle(intentId);
        if (way === 'run') await next.run({ ...intent, payload: 'q' });
        expect(seen).toEqual(way === 'run' ? ['p', 'q'] : ['p']);
        await next.settle(intentId);
        expect(seen).toHaveLength(way === 'run' ? 2 : 1);
      }
    });

    it('that a check refuses is not begun, and leaves nothing', async () => {
      const { intent, process } = scene(store());
      const seen: string[] = [];
      const intents = process(async (payload) => void seen.push(payload));
      await expect(
        intents.run(intent, () => Promise.reject(new MlflowError('INVALID_STATE', 'no'))),
      ).rejects.toMatchObject({ message: 'no' });
      expect(seen).toEqual([]);
      await intents.run(intent);
      expect(seen).toEqual(['p']);
    });

    it('that the handler refuses leaves nothing either', async () => {
      const { intent, process } = scene(store());
      const refusing = process(() => Promise.reject(new MlflowError('INVALID_STATE', 'no')));
      await expect(refusing.run(intent)).rejects.toMatchObject({ message: 'no' });
      const seen: string[] = [];
      await process(async (payload) => void seen.push(payload)).run(intent);
      expect(seen).toEqual(['p']);
    });

    it('stops where it was taken over; the caller waits for who has it', async () => {
      const { intent, intentId, process } = scene(store());
      const steps: string[] = [];
      const slow = process(async (_payload, lease) => {
        steps.push('slow, first');
        await lease.renew();
        // Others take it for dead, and finish it.
        await process(async () => void steps.push('other'), 3 * LEASE_MS).settle(intentId);
        await expect(lease.renew()).rejects.toBeInstanceOf(LeaseLostError);
        await lease.renew();
        steps.push('slow, second');
      });
      await slow.run(intent);
      expect(steps).toEqual(['slow, first', 'other']);
    });
  });
});
