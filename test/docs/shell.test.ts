/** What every shell block of the pages must keep to. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['README.md', ...(await readdir(join(root, 'docs'))).map((page) => `docs/${page}`)];

async function linesOf(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, code = '']) =>
    code.trimEnd().split('\n'),
  );
}

describe('shell blocks', () => {
  it.each(pages)('%s: what a shell would expand stands in quotes', async (page) => {
    for (const line of await linesOf(page)) {
      const bare = line
        .replace(/(^|\s)#.*$/, '')
        .replaceAll(/'[^']*'/g, '')
        .replaceAll(/"[^"]*"/g, '');
      // zsh ends with "no matches found" where a pattern matches no file.
      expect(bare, line).not.toMatch(/[?*]/);
    }
  });

  it('reads blocks at all', async () => {
    expect((await linesOf('docs/provisioning.md')).length).toBeGreaterThan(5);
  });
});
