import { setTimeout as sleep } from 'node:timers/promises';

import { quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';

const POLL_MS = 50;
const MOST_TURNS = 200;

/**
 * Ends what one who was stopped still writes to a table: CrateDB goes on with the statement of a client
 * that died, and its older rows would come over newer ones. Those of other users are not seen.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/kill.html
 */
export async function endInserts(runner: StatementRunner, table: string): Promise<void> {
  const like = quoteText(`INSERT INTO ${table} (%`);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const { rows } = await runner.execute(`SELECT id FROM sys.jobs WHERE stmt LIKE ${like}`);
    if (rows.length === 0) return;
    for (const row of rows) {
      // It may have come to its end, or be of a user whom we can't stop: then it is waited for.
      await runner.execute(`KILL ${quoteText(String(field(row, 'id')))}`).catch(() => undefined);
    }
    await sleep(POLL_MS);
  }
  throw new Error(`statements of another process still write to ${table}`);
}
