/**
 * Webhooks that this process leaves alone for a while, as they are disabled, or only others may
 * call them. What waits for them stays due, for whoever can send it.
 */
import type { Int64 } from '../domain/int64.js';

/** Of the webhooks, when something was found out about one; see `DeliveryQueue.version`. */
export type Version = Int64 | undefined;

export class SetAside {
  readonly #until = new Map<string, { readonly version: Version; readonly time: number }>();
  #version: Version;

  /** A webhook, for so long, unless any webhook has been changed since that version. */
  add(webhookId: string, version: Version, forMs: number): void {
    this.#until.set(webhookId, { version, time: performance.now() + forMs });
  }

  has(webhookId: string): boolean {
    const entry = this.#until.get(webhookId);
    return entry?.version === this.#version && performance.now() < (entry?.time ?? 0);
  }

  /** Forgets what was found out before that version, and what is over. */
  noticeVersion(version: Version): void {
    this.#version = version;
    for (const id of this.#until.keys()) if (!this.has(id)) this.#until.delete(id);
  }

  get version(): Version {
    return this.#version;
  }

  get webhookIds(): readonly string[] {
    return [...this.#until.keys()].filter((id) => this.has(id));
  }
}
