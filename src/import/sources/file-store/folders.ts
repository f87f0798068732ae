import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { ImportSourceError } from '../../errors.js';
import { readIfThere } from './yaml.js';

/** Names of the folders in a folder, linked ones too, in order; none where it isn't there. */
export async function folders(path: string): Promise<string[]> {
  const entries = await entriesOf(path);
  return entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
}

/**
 * Names of the files in a folder and below it, with `/` between, as keys are written. A linked folder
 * is no part of a key, as for MLflow: it might lead back to where it is.
 */
export async function keys(path: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isFolder, isLink } of await entriesOf(path)) {
    const key = `${prefix}${name}`;
    if (!isFolder) found.push(key);
    else if (!isLink) found.push(...(await keys(join(path, name), `${key}/`)));
  }
  return found;
}

/** One file a key, whose content is the value. */
export async function* keyValues(path: string): AsyncGenerator<readonly [string, string]> {
  for (const key of await keys(path)) yield [key, (await readIfThere(join(path, key))) ?? ''];
}

interface Entry {
  readonly name: string;
  /** Or a link to one. */
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

async function entriesOf(path: string): Promise<Entry[]> {
  const found = await ifThere(readdir(path, { withFileTypes: true }));
  const entries: Entry[] = [];
  for (const entry of found ?? []) {
    const isLink = entry.isSymbolicLink();
    const isFolder = isLink ? await leadsToFolder(join(path, entry.name)) : entry.isDirectory();
    entries.push({ name: entry.name, isFolder, isLink });
  }
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function leadsToFolder(link: string): Promise<boolean> {
  const target = await ifThere(stat(link));
  // What it led to may be a whole experiment: that must not go unnoticed.
  if (target === undefined) throw new ImportSourceError(`${link} is a link to what isn't there`);
  return target.isDirectory();
}

async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
