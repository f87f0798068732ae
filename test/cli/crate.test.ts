/** What the executable says when CrateDB won't have it: one line and an exit code. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { parseCrateUrl } from '../../dialect/index.js';
import { uniqueName } from '../helpers/stores.js';

const EXECUTABLE = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const crateUrl = inject('crateUrl');

describe.skipIf(crateUrl === undefined)('the executable on CrateDB', () => {
  const user = uniqueName('nobody').replaceAll('-', '_');
  const { host, port } = parseCrateUrl(crateUrl ?? 'crate://none').hosts[0];
  let admin: pg.Client | undefined;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-cli-crate-'));
    admin = new pg.Client({ host, port, user: 'crate' });
    await admin.connect();
    await admin.query(`CREATE USER ${user} WITH (password = 'geheim')`);
  });
  afterAll(async () => {
    await admin?.query(`DROP USER ${user}`);
    await admin?.end();
    await rm(folder, { recursive: true, force: true });
  });

  function start(uri: string): Promise<{ exitCode: number | null; errors: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [EXECUTABLE, 'server', '--port', '0', '--backend-store-uri', uri],
        { cwd: folder },
        (_error, _stdout, errors) => {
          resolve({ exitCode: child.exitCode, errors });
        },
      );
    });
  }

  it('a user without privileges: says which one is missing', async () => {
    const { exitCode, errors } = await start(
      `crate://${user}:geheim@${host}:${String(port)}/?schema=${uniqueName('s').replaceAll('-', '_')}`,
    );
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toMatch(/^mlflow-cratedb: .*DDL/);
    expect(errors).not.toContain('geheim');
    expect(exitCode).toBe(3);
  });

  it('an unknown user: says so, without the password', async () => {
    const { exitCode, errors } = await start(
      `crate://somebody-else:geheim@${host}:${String(port)}/`,
    );
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect(errors).toContain('somebody-else');
    expect(errors).not.toContain('geheim');
    expect(exitCode).toBe(3);
  });
});
