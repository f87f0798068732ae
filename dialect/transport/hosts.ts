import type { CrateHost } from '../url.js';

/** How long a host that failed is passed over, as long as another is left. */
const PASSED_OVER_MS = 10_000;

/** Takes turns between the hosts of a cluster. One that failed comes last for ten seconds. */
export class Hosts {
  readonly #hosts: readonly [CrateHost, ...CrateHost[]];
  readonly #failedAt = new Map<CrateHost, number>();
  #turn: number;

  constructor(hosts: readonly [CrateHost, ...CrateHost[]]) {
    this.#hosts = hosts;
    // Many clients that start at once shall not all begin with the same one.
    this.#turn = Math.floor(Math.random() * hosts.length);
  }

  get count(): number {
    return this.#hosts.length;
  }

  next(): CrateHost {
    const now = Date.now();
    let oldest = this.#hosts[0];
    for (let step = 0; step < this.#hosts.length; step += 1) {
      const host = this.#hosts[this.#turn % this.#hosts.length] ?? oldest;
      this.#turn += 1;
      const failedAt = this.#failedAt.get(host);
      if (failedAt === undefined || now - failedAt > PASSED_OVER_MS) return host;
      if (failedAt < (this.#failedAt.get(oldest) ?? 0)) oldest = host;
    }
    return oldest;
  }

  failed(host: CrateHost): void {
    this.#failedAt.set(host, Date.now());
  }

  answered(host: CrateHost): void {
    this.#failedAt.delete(host);
  }
}
