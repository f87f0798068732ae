import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { invalidParameter } from '../domain/errors.js';
import type { SecretBox } from '../domain/webhooks/index.js';
import {
  fernetDecrypt,
  fernetEncrypt,
  type FernetKey,
  newFernetKey,
  parseFernetKey,
  printFernetKey,
} from './fernet.js';

/** Where the key of the secrets is. */
export type SecretKeySource =
  /** The text of the key, as MLflow has it. */
  | { readonly kind: 'given'; readonly key: string }
  /** A file of this process's own data folder, made when a secret is first stored. */
  | { readonly kind: 'file'; readonly path: string }
  /** A key that is forgotten with the process, for a database that is so too. */
  | { readonly kind: 'memory' }
  /** No secrets can be stored: servers that share a database must share a key. */
  | { readonly kind: 'none' };

export const SECRET_KEY_VARIABLE = 'MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY';

/**
 * Encrypts as MLflow does, so that secrets that it stored under the same key can be read.
 * @throws INVALID_PARAMETER_VALUE where the given key is none.
 */
export function createSecretBox(source: SecretKeySource): SecretBox {
  const keyOf = keySource(source);
  return {
    encrypt(secret) {
      const key = keyOf('make');
      if (key === undefined) {
        throw invalidParameter(
          `A webhook with a secret needs ${SECRET_KEY_VARIABLE} in the environment of every ` +
            'server of the database: a Fernet key, 32 bytes in URL-safe base64.',
        );
      }
      return fernetEncrypt(key, secret);
    },
    decrypt(encrypted) {
      const key = keyOf('read');
      if (key === undefined) throw new Error(`There is no ${SECRET_KEY_VARIABLE}.`);
      return fernetDecrypt(key, encrypted);
    },
  };
}

function keySource(source: SecretKeySource): (use: 'make' | 'read') => FernetKey | undefined {
  switch (source.kind) {
    case 'given': {
      const key = parseFernetKey(source.key);
      if (key === undefined) {
        throw invalidParameter(
          `${SECRET_KEY_VARIABLE} must be a Fernet key: 32 bytes in URL-safe base64, ` +
            '44 characters.',
        );
      }
      return () => key;
    }
    case 'file': {
      let key: FernetKey | undefined;
      return (use) =>
        (key ??= use === 'make' ? makeKeyFile(source.path) : readKeyFile(source.path));
    }
    case 'memory': {
      const key = newFernetKey();
      return () => key;
    }
    case 'none':
      return () => undefined;
  }
}

function readKeyFile(path: string): FernetKey | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return undefined;
    throw error;
  }
  const key = parseFernetKey(text);
  if (key === undefined) throw new Error(`${path} holds no Fernet key.`);
  return key;
}

/** What a file system says that has no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Gives a file its name, where no other has it. */
export type Publish = (partial: string, path: string) => void;

/**
 * The key that stands, or a new one, readable by its owner alone and whole under its name; on the
 * disk before a secret is encrypted with it.
 * @param link Default: a hard link, which, unlike a rename, replaces no key that another has just
 *   made.
 */
export function makeKeyFile(path: string, link: Publish = linkSync): FernetKey {
  const standing = readKeyFile(path);
  if (standing !== undefined) return standing;
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${String(process.pid)}`;
  writeFileSync(partial, `${printFernetKey(newFernetKey())}\n`, { mode: 0o600, flush: true });
  try {
    link(partial, path);
  } catch (error) {
    // One process has the data folder, so that nobody makes one between this look and the rename.
    if (hasCode(error, NO_LINKS) && readKeyFile(path) === undefined) renameSync(partial, path);
    else if (!hasCode(error, [...NO_LINKS, 'EEXIST'])) throw error;
  } finally {
    rmSync(partial, { force: true });
  }
  syncFolder(dirname(path));
  const made = readKeyFile(path);
  if (made === undefined) throw new Error(`${path} could not be made.`);
  return made;
}

/** So that the name is on the disk too. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // There are systems that don't sync folders.
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
