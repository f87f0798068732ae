import type { StatementRunner } from '../../ddl/index.js';
import type { Backend } from './backends.js';

export interface CountingRunner extends StatementRunner {
  /** What reached the database. */
  readonly sent: string[];
}

/** Counts what is sent, and can end like a process that was killed before its n-th statement. */
export function counting(runner: StatementRunner, killedBefore = Infinity): CountingRunner {
  const sent: string[] = [];
  return {
    sent,
    execute: (statement: string) => {
      if (sent.length >= killedBefore) return Promise.reject(new Error('killed'));
      sent.push(statement);
      return runner.execute(statement);
    },
  };
}

/** What changes tables or rows, but for the lease. */
export function changes(sent: readonly string[]): string[] {
  return sent.filter(
    (statement) => /^(?!SELECT|SHOW)/.test(statement) && !/^\w+ .*"schema_migration"/.test(statement),
  );
}

export async function recordedVersion({ query, schema }: Backend): Promise<unknown> {
  const { rows } = await query(
    `SELECT version FROM "${schema}".schema_version WHERE component = 'tables'`,
  );
  return rows[0]?.['version'];
}
