import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  fernetDecrypt,
  fernetEncrypt,
  newFernetKey,
  parseFernetKey,
  printFernetKey,
} from '../../src/webhooks/fernet.js';
import { createSecretBox, makeKeyFile } from '../../src/webhooks/secrets.js';
import { pythonWithMlflow } from '../helpers/python.js';

const python = await pythonWithMlflow();
const TEXTS = ['', 'a', 'sixteen bytes ok', 'geheim ü 😀', 'x'.repeat(687)];

describe('Fernet', () => {
  it('reads what it wrote, each time in other words', () => {
    const key = newFernetKey();
    for (const text of TEXTS) {
      const token = fernetEncrypt(key, text);
      expect(fernetDecrypt(key, token)).toBe(text);
      expect(fernetEncrypt(key, text)).not.toBe(token);
      expect(token.length).toBeLessThanOrEqual(1_000);
    }
  });

  it('refuses another key, and what was changed', () => {
    const key = newFernetKey();
    const token = fernetEncrypt(key, 'secret');
    expect(() => fernetDecrypt(newFernetKey(), token)).toThrow('another key');
    const bytes = Buffer.from(token, 'base64url');
    bytes.writeUInt8(bytes.readUInt8(30) ^ 1, 30);
    expect(() => fernetDecrypt(key, bytes.toString('base64url'))).toThrow('another key');
    for (const bad of ['', 'x', token.slice(0, 40)]) {
      expect(() => fernetDecrypt(key, bad)).toThrow('no Fernet token');
    }
  });

  it('reads the example of the specification', () => {
    const key = parseFernetKey('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=');
    const token =
      'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7Jcbmr' +
      'R64jVmpU4IwqDA==';
    expect(key === undefined ? '' : fernetDecrypt(key, token)).toBe('hello');
  });

  it.skipIf(python === undefined)('is that of Python’s cryptography (needs Python)', async () => {
    const key = newFernetKey();
    const program = [
      'import json, sys',
      'from cryptography.fernet import Fernet',
      'fernet = Fernet(sys.argv[1])',
      'given = json.loads(sys.argv[2])',
      'print(json.dumps({',
      '  "read": [fernet.decrypt(t.encode()).decode() for t in given["tokens"]],',
      '  "written": [fernet.encrypt(t.encode()).decode() for t in given["texts"]],',
      '}))',
    ].join('\n');
    const given = { texts: TEXTS, tokens: TEXTS.map((text) => fernetEncrypt(key, text)) };
    const { stdout } = await promisify(execFile)(python ?? '', [
      ...['-c', program, printFernetKey(key), JSON.stringify(given)],
    ]);
    const { read, written } = JSON.parse(stdout) as { read: string[]; written: string[] };
    expect(read).toEqual(TEXTS);
    expect(written.map((token) => fernetDecrypt(key, token))).toEqual(TEXTS);
  });
});

describe('secrets', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('have a key of their own in the data folder, for its owner alone', async () => {
    const path = join(folder, 'data', 'webhook-secrets.key');
    const box = createSecretBox({ kind: 'file', path });
    // Nothing is made by looking.
    expect(() => box.decrypt('x')).toThrow('MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY');
    await expect(stat(path)).rejects.toThrow('ENOENT');
    const token = box.encrypt('s');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = createSecretBox({ kind: 'file', path });
    expect(again.decrypt(token)).toBe('s');
    const key = (await readFile(path, 'utf8')).trim();
    expect(createSecretBox({ kind: 'given', key }).decrypt(token)).toBe('s');
    await writeFile(path, 'no key');
    const broken = createSecretBox({ kind: 'file', path });
    expect(() => broken.encrypt('s')).toThrow('holds no Fernet key');
  });

  it.each(['EPERM', 'ENOTSUP'])('have a key where there are no hard links: %s', async (code) => {
    const path = join(folder, 'webhook-secrets.key');
    const link = () => {
      throw Object.assign(new Error(code), { code });
    };
    const key = makeKeyFile(path, link);
    expect((await readFile(path, 'utf8')).trim()).toBe(printFernetKey(key));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['webhook-secrets.key']);
    // One that stands is kept.
    expect(makeKeyFile(path, link)).toEqual(key);
  });

  it('have the key that another made first', async () => {
    const path = join(folder, 'webhook-secrets.key');
    const first = newFernetKey();
    const key = makeKeyFile(path, () => {
      writeFileSync(path, printFernetKey(first));
      throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
    });
    expect(key).toEqual(first);
    expect(await readdir(folder)).toEqual(['webhook-secrets.key']);
  });

  it('are refused where servers would have different keys', () => {
    const box = createSecretBox({ kind: 'none' });
    expect(() => box.encrypt('s')).toThrow(
      expect.objectContaining({
        errorCode: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY') as string,
      }),
    );
  });

  it.each(['', 'x', 'A'.repeat(44), `${'A'.repeat(42)}/=`])('take no such key: %j', (key) => {
    expect(() => createSecretBox({ kind: 'given', key })).toThrow('must be a Fernet key');
  });
});
