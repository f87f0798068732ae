import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

import pg from 'pg';

import { parseCrateUrl } from '../../dialect/index.js';
import { environment } from './python.js';

/** Runs SQL through `crash`, CrateDB's shell; answers what it printed. */
export type CrashShell = (crateUrl: string, sql: string) => Promise<string>;

/** `crash` in a virtual environment of its own, made once; undefined where there is no Python. */
export async function crashShell(): Promise<CrashShell | undefined> {
  const python = await environment('venv-crash', 'crash');
  if (python === undefined) return undefined;
  const crash = join(dirname(python), 'crash');
  return async (crateUrl, sql) => {
    const { host } = parseCrateUrl(crateUrl).hosts[0];
    const address = `http://${host}:${await httpPortOf(crateUrl)}`;
    const child = spawn(crash, ['--hosts', address]);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.stdin.end(sql.trim().endsWith(';') ? sql : `${sql};\n`);
    await new Promise((resolve) => child.on('close', resolve));
    return output;
  };
}

/** crash speaks HTTP; the node tells on which port. */
async function httpPortOf(crateUrl: string): Promise<string> {
  const { hosts, user } = parseCrateUrl(crateUrl);
  const { host, port } = hosts[0];
  const client = new pg.Client({ host, port, user });
  await client.connect();
  try {
    const { rows } = await client.query<{ http: number }>(
      "SELECT port['http'] AS http FROM sys.nodes LIMIT 1",
    );
    return String(rows[0]?.http ?? 4200);
  } finally {
    await client.end();
  }
}
