import { readFile } from 'node:fs/promises';

import { isMap, isScalar, isSeq, parse, parseDocument } from 'yaml';

import { ImportSourceError } from '../../errors.js';

/** A file's mapping: each value the text that was written, or null, or a mapping again. */
export type Meta = Readonly<Record<string, unknown>>;

/**
 * Reads a `meta.yaml`. Values stay text, since the writer's YAML 1.1 and the reader's 1.2 differ on
 * what is a number: an experiment named `1e3` keeps its name. Undefined where there is no such file.
 */
export async function readMeta(path: string): Promise<Meta | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const document = parseDocument(text, { schema: 'failsafe' });
  const value = plain(document.contents);
  if (document.errors.length > 0 || typeof value !== 'object' || value === null) {
    throw new ImportSourceError(`${path} holds no YAML mapping`);
  }
  return value as Meta;
}

function plain(node: unknown): unknown {
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [String(plain(key)), plain(value)]),
    );
  }
  if (isSeq(node)) return node.items.map(plain);
  if (!isScalar(node)) return null;
  const text = String(node.value);
  return node.type === 'PLAIN' && /^(null|Null|NULL|~|)$/.test(text) ? null : text;
}

/** With numbers and flags as such: for values whose type is part of what they say. */
export async function readTyped(path: string): Promise<Meta | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : (parse(text) as Meta);
}

export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
