import {
  fromHttpError,
  HttpAnswerError,
  NotSupportedError,
  PermissionDeniedError,
} from '../../errors/index.js';
import { sleep } from '../../sleep.js';
import type { CrateHost } from '../../url.js';
import type { Endpoint } from './endpoint.js';

/** A statement that was sent may not be among the jobs yet. */
const POLL_MS = 50;
const MAX_POLLS = 40;

/** The statement with a text in it that no other has: sys.jobs keeps comments. */
export function withMarker(sql: string, marker: string): string {
  // On a line of its own: the last one may end in a comment.
  return `${sql}\n/* ${marker} */`;
}

export function newMarker(): string {
  return `mlflow-cratedb ${crypto.randomUUID()}`;
}

/**
 * Ends the statement that bears the marker. Closing the connection would not: the server works on.
 *
 * @param isRunning false as soon as nobody waits for it any more
 * @throws PermissionDeniedError where the user may not read sys.jobs
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/kill.html
 */
export async function killMarked(
  endpoint: Endpoint,
  host: CrateHost,
  marker: string,
  isRunning: () => boolean,
): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS && isRunning(); poll += 1) {
    if (poll > 0) await sleep(POLL_MS);
    const jobs = await findJobs(endpoint, host, marker);
    for (const id of jobs) await query(endpoint, host, `KILL '${id}'`, []);
    if (jobs.length > 0) return;
  }
}

async function findJobs(
  endpoint: Endpoint,
  host: CrateHost,
  marker: string,
): Promise<readonly string[]> {
  try {
    const sql = 'SELECT id FROM sys.jobs WHERE stmt LIKE $1';
    const rows = await query(endpoint, host, sql, [`%/* ${marker} */`]);
    return rows.flatMap(([id]) => (typeof id === 'string' && /^[\w-]+$/.test(id) ? [id] : []));
  } catch (error) {
    const hidden = error instanceof HttpAnswerError && /\[Schema 'sys' unknown\]/.test(error.body);
    if (!hidden) throw fromHttpError(error);
    throw new PermissionDeniedError(
      'To end a statement over HTTP, its user must see it: GRANT DQL ON TABLE sys.jobs TO the user',
      { sqlstate: '42501' },
    );
  }
}

async function query(
  endpoint: Endpoint,
  host: CrateHost,
  stmt: string,
  args: readonly string[],
): Promise<readonly (readonly unknown[])[]> {
  const answer = await endpoint.post(host, JSON.stringify({ stmt, args }));
  const { rows } = JSON.parse(await answer.text()) as { rows: unknown[][] };
  return rows;
}

/** For a session whose statement bears no marker. */
export function notCancellable(): NotSupportedError {
  return new NotSupportedError(
    'Over HTTP, a statement can be ended only if it was sent to be: give execute() or stream() a ' +
      "signal. Another one of the same text can't be told from it.",
  );
}
