/** The receiver of docs/webhooks.md, and the commands around it, run as they stand on free ports. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  DELIVERY_ID_HEADER,
  SIGNATURE_HEADER,
  signatureOf,
  TIMESTAMP_HEADER,
} from '../../src/webhooks/signature.js';
import { startServer } from '../helpers/server.js';
import { until } from '../webhooks/receiver.js';

const page = await readFile(
  fileURLToPath(new URL('../../docs/webhooks.md', import.meta.url)),
  'utf8',
);
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code = '']) => ({
  language,
  code,
}));

function blockWith(language: string, text: string): string {
  const found = blocks.find((block) => block.language === language && block.code.includes(text));
  if (found === undefined) throw new Error(`No block of ${language} with '${text}'.`);
  return found.code;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}

describe('docs/webhooks.md', () => {
  let folder = '';
  let receiver: ChildProcess | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-docs-webhooks-'));
  });
  afterAll(async () => {
    receiver?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it('its receiver prints what the page says, and tells what is known or forged', async () => {
    const port = await freePort();
    const onPort = (code: string) => code.replaceAll('9000', port);
    await writeFile(join(folder, 'receiver.mjs'), onPort(blockWith('js', 'createServer')));
    const [, secret = ''] = /WEBHOOK_SECRET=(\S+) node receiver\.mjs/.exec(page) ?? [];
    const child = spawn(execPath, ['receiver.mjs'], {
      cwd: folder,
      env: { WEBHOOK_SECRET: secret },
    });
    receiver = child;
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    const commands = blockWith('sh', '--webhook-allowed-targets');
    const [, targets = ''] = /--webhook-allowed-targets (\S+)/.exec(commands) ?? [];
    const [, schemes = ''] = /MLFLOW_WEBHOOK_ALLOWED_SCHEMES=(\S+)/.exec(commands) ?? [];
    const { stdout: key } = await promisify(execFile)('sh', [
      '-c',
      `${commands.split('\n').find((line) => line.includes('_KEY')) ?? ''}
       printf %s "$MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"`,
    ]);
    const server = await startServer({
      cwd: folder,
      env: {
        MLFLOW_WEBHOOK_ALLOWED_SCHEMES: schemes,
        MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: key,
      },
      args: ['--webhook-allowed-targets', targets],
    });
    try {
      const calls = onPort(blockWith('sh', 'curl')).replaceAll('http://127.0.0.1:5000', server.url);
      const { stdout: answers } = await promisify(execFile)('sh', ['-e', '-c', calls]);
      // For curl, an answer that refuses is an answer.
      expect(answers).not.toContain('error_code');
      await until('the receiver printed it', () => printed.includes('\n'));
      const undated = (text: string) => text.trim().replace(/"timestamp": "[^"]*"/, '');
      expect(undated(printed)).toBe(undated(blockWith('json', 'registered_model')));
    } finally {
      await server.stop();
    }

    const send = async (id: string, ageInSeconds: number, key: string) => {
      const timestamp = String(Math.floor(Date.now() / 1_000) - ageInSeconds);
      const { status } = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: '{"ö": 1}',
        headers: {
          [DELIVERY_ID_HEADER]: id,
          [TIMESTAMP_HEADER]: timestamp,
          [SIGNATURE_HEADER]: signatureOf(key, id, timestamp, '{"ö": 1}'),
        },
      });
      return status;
    };
    printed = '';
    expect(await send('a', 0, secret)).toBe(200);
    expect(await send('a', 1, secret)).toBe(200);
    expect(await send('b', 0, 'another secret')).toBe(401);
    expect(await send('b', 400, secret)).toBe(401);
    const unsigned = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
    await until('it printed both', () => printed.includes('known'));
    expect(printed).toBe('{"ö": 1}\nknown: a\n');
  });
});
