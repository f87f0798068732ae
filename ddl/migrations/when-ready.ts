import { setTimeout as sleep } from 'node:timers/promises';

import { causes, missingPrivilege } from '../errors.js';

const TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Reads again while CrateDB refuses to, because the shards of a table that somebody just made are
 * `RECOVERING`: CREATE TABLE waits for them, but not so for the one who comes second and is told at
 * once that the table exists. An ordinary user may not read sys.shards, so the table itself is asked.
 *
 * @param mayPass Whether an error is one that time heals.
 */
export async function whenReady<Result>(
  read: () => Promise<Result>,
  mayPass: (error: unknown) => boolean,
): Promise<Result> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!mayPass(error) || Date.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}

const NOT_READY = '55000';

/** Whether the shards are what is missing. */
export function isNotReady(error: unknown): boolean {
  for (const { sqlState, message } of causes(error)) {
    if (sqlState === NOT_READY) return true;
    if (/CurrentState\[\w+\]|no such shard/.test(message)) return true;
  }
  return false;
}

/** Whether it was the database that refused a read, and for no reason that is known to stay. */
export function isRefusedForNow(error: unknown): boolean {
  if (missingPrivilege(error, 'cratedb') !== undefined) return false;
  for (const { sqlState } of causes(error)) {
    if (typeof sqlState !== 'string' || !/^[0-9A-Z]{5}$/.test(sqlState)) continue;
    // Connections, logins, a server that stops.
    return !/^(08|28|57)/.test(sqlState);
  }
  return false;
}
