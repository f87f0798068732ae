import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { findCrate, findExecutable, startExecutable } from '../../dialect/testing/index.js';
import { runOnce } from '../../dialect/testing/probe.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-crate-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** An executable that writes a line and ends, as a server that can't start does. */
async function brokenExecutable(): Promise<string> {
  const path = join(folder, 'crate');
  await writeFile(path, '#!/bin/sh\necho "no such heap"\nexit 3\n');
  await chmod(path, 0o755);
  await chmod(folder, 0o755);
  return path;
}

describe('findCrate', () => {
  it('finds none where there shall be none', async () => {
    vi.stubEnv('CRATEDB_URL', 'none');
    expect(await findCrate()).toBeUndefined();
  });

  it('refuses a named server that does not answer, instead of looking further', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    vi.stubEnv('CRATEDB_URL', `crate://crate@127.0.0.1:${port}/`);
    await expect(findCrate()).rejects.toThrow('CRATEDB_URL: no server answers, not a CrateDB');
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('the executable', () => {
  it('is looked for on PATH', async () => {
    const path = await brokenExecutable();
    expect(await findExecutable(`/nowhere:${folder}`)).toBe(path);
    expect(await findExecutable('/nowhere')).toBeUndefined();
  });

  it('that ends at once is reported with its last words, and leaves nothing', async () => {
    const path = await brokenExecutable();
    vi.stubEnv('TMPDIR', folder);
    await expect(startExecutable(path)).rejects.toThrow(/ended with code 3\n.*no such heap/s);
    expect(await readdir(folder)).toEqual(['crate']);
  });
});

const executable = await findExecutable();

describe.skipIf(executable === undefined)('a CrateDB of its own', () => {
  it('takes tables when it is there, and leaves nothing when stopped', async () => {
    await chmod(folder, 0o755);
    vi.stubEnv('TMPDIR', folder);
    const crate = await startExecutable(executable!);
    try {
      const rows = await runOnce(crate.url, [
        'CREATE TABLE t (id INTEGER PRIMARY KEY)',
        'INSERT INTO t (id) VALUES (1)',
        'SELECT id FROM t WHERE id = 1',
      ]);
      expect(rows).toEqual([{ id: 1 }]);
      expect(await readdir(folder)).toHaveLength(1);
    } finally {
      await crate.stop();
    }
    expect(await readdir(folder)).toEqual([]);
    await expect(runOnce(crate.url, ['SELECT 1'])).rejects.toThrow('ECONNREFUSED');
  });
});
