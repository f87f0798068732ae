import { TableNotReadyError } from '../errors/index.js';
import { sleep } from '../sleep.js';

const READY_POLL_MS = 50;
const READY_WAIT_MS = 10_000;

/** CREATE TABLE may return before the table can be read by key; inserts wait by themselves. */
export async function whenReady<T>(read: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += READY_POLL_MS) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TableNotReadyError) || waited >= READY_WAIT_MS) throw error;
      await sleep(READY_POLL_MS);
    }
  }
}
