/** Calls of the stock client that the scenario doesn't make: most need settings of their own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { dropSchema } from '../helpers/crate-schema.js';
import { pythonWithMlflow } from '../helpers/python.js';
import { startServer } from '../helpers/server.js';
import { crateBackend } from '../helpers/stores.js';

const python = await pythonWithMlflow();
const BACKENDS = [{ name: 'embedded', uri: undefined }, crateBackend()];

describe.skipIf(python === undefined)('seldom calls of the stock client (needs Python)', () => {
  for (const { name, uri } of BACKENDS) {
    const isMissing = name === 'CrateDB' && uri === undefined;
    const title = `multipart uploads, deletes of artifacts, recorded models (${name})`;
    it.skipIf(isMissing)(title, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mlflow-seldom-'));
      const server = await startServer({ cwd: folder, backendStoreUri: uri });
      try {
        const script = join(import.meta.dirname, 'seldom_calls.py');
        const { stdout } = await promisify(execFile)(python ?? '', [script, server.url], {
          cwd: folder,
          env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
        });
        expect(JSON.parse(stdout)).toEqual({
          'uploaded in parts': true,
          'parts to upload': 2,
          'after an abort': ['parts/large.bin'],
          'after a delete': [],
          'recorded models': ['m'],
          workspaces: false,
        });
      } finally {
        await server.stop();
        await dropSchema(uri);
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
});
