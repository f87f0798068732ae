/** What one try of a delivery leads to. */
import type { SecretBox } from '../domain/webhooks/index.js';
import type { Claim, Outcome, Target } from '../store/index.js';
import { isDelivered, mayPass, waitMs } from './retries.js';
import { type Answer, type Refusal, type Send, SendError } from './send.js';

export interface TryOptions {
  readonly send: Send;
  readonly refusal: Refusal;
  readonly secrets: SecretBox;
  /** Tries after the first. */
  readonly retries: number;
  /** What is older is tried once more. */
  readonly giveUpAfterMs: number;
}

/** Why this process doesn't call a webhook. */
export type Obstacle =
  | { readonly kind: 'disabled' }
  /** Another process may be able to. */
  | { readonly kind: 'not here'; readonly error: string };

/** An outcome, and the obstacle where there was one: then it was no try. */
export interface Tried {
  readonly outcome: Outcome;
  readonly obstacle?: Obstacle;
}

export interface Tries {
  /** Looks before anything is claimed. */
  obstacle(target: Target, signal: AbortSignal): Promise<Obstacle | undefined>;
  /** @param signal this process stops. */
  once(target: Target, claim: Claim, signal: AbortSignal): Promise<Tried>;
}

export function createTries({
  send,
  refusal,
  secrets,
  retries,
  giveUpAfterMs,
}: TryOptions): Tries {
  function secretOf(encrypted: string | undefined): { plain?: string } | Obstacle {
    try {
      return encrypted === undefined ? {} : { plain: secrets.decrypt(encrypted) };
    } catch {
      const error = "The webhook's secret can't be decrypted with the key of this server.";
      return { kind: 'not here', error };
    }
  }

  return {
    async obstacle(target, signal) {
      if (target.state === 'deleted') return undefined;
      if (target.state === 'disabled') return { kind: 'disabled' };
      const secret = secretOf(target.secret);
      if ('kind' in secret) return secret;
      const error = await refusal(target.url, signal);
      return error === undefined ? undefined : { kind: 'not here', error };
    },

    async once(target, claim, signal) {
      if (target.state === 'deleted') return { outcome: { state: 'cancelled' } };
      if (target.state === 'disabled') return meets({ kind: 'disabled' });
      const secret = secretOf(target.secret);
      if ('kind' in secret) return meets(secret);
      const { deliveryId, body } = claim;
      try {
        const answer = await send(
          { url: target.url, deliveryId, body, secret: secret.plain },
          signal,
        );
        return { outcome: answered(claim, answer) };
      } catch (error) {
        if (!(error instanceof SendError)) throw error;
        if (error.isRefused) return meets({ kind: 'not here', error: error.message });
        // Stopped by this process, not by the receiver.
        if (signal.aborted) return { outcome: { state: 'ready', afterMs: 0, uncounted: true } };
        const afterMs = waitMs(claim.attempts);
        return { outcome: tryAgain(claim, { error: error.message, afterMs }) };
      }
    },
  };

  function answered(claim: Claim, answer: Answer): Outcome {
    const responseStatus = answer.status;
    if (isDelivered(answer)) return { state: 'delivered', responseStatus };
    const error = `The answer was ${String(responseStatus)}.`;
    if (!mayPass(answer)) return { state: 'failed', responseStatus, error };
    const afterMs = waitMs(claim.attempts, answer.retryAfterMs);
    return tryAgain(claim, { responseStatus, error, afterMs });
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
    if (attempts > retries || ageMs > giveUpAfterMs) {
      const { error, responseStatus } = failure;
      return { state: 'failed', error, responseStatus };
    }
    return { state: 'ready', ...failure };
  }
}

/** Due at once, for whoever doesn't meet it. */
function meets(obstacle: Obstacle): Tried {
  const error = obstacle.kind === 'not here' ? obstacle.error : undefined;
  return { outcome: { state: 'ready', afterMs: 0, uncounted: true, error }, obstacle };
}
