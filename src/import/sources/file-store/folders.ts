import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readIfThere } from './yaml.js';

/** Names of the folders in a folder, in order; none where it isn't there. */
export async function folders(path: string): Promise<string[]> {
  const entries = await entriesOf(path);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Names of the files in a folder and below it, with `/` between, as keys are written. */
export async function keys(path: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(path)) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) found.push(...(await keys(join(path, entry.name), `${name}/`)));
    else found.push(name);
  }
  return found;
}

/** One file a key, whose content is the value. */
export async function* keyValues(path: string): AsyncGenerator<readonly [string, string]> {
  for (const key of await keys(path)) yield [key, (await readIfThere(join(path, key))) ?? ''];
}

async function entriesOf(path: string) {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
