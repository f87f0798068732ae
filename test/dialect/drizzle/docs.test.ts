/** The blocks of docs/dialect-drizzle.md, run as one program. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, inject, it, vi } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const crateUrl = inject('crateUrl');

it.skipIf(crateUrl === undefined)('docs/dialect-drizzle.md runs (CrateDB)', async () => {
  const page = await readFile(join(root, 'docs/dialect-drizzle.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  expect(blocks.map(([, language]) => language)).toEqual(['ts', 'ts', 'ts']);
  const server = (crateUrl ?? '').replace(/\/?(\?.*)?$/, '');
  const program = blocks
    .map(([, , code]) => code ?? '')
    .join('')
    .replace('mlflow-cratedb/dialect/drizzle', join(root, 'dialect/drizzle/index.ts'))
    .replace('crate://crate@localhost', server);
  expect(program).toContain(`${server}/?schema=drizzle_docs`);

  const folder = join(root, '.cache', 'docs-drizzle');
  const file = join(folder, 'page.ts');
  await mkdir(folder, { recursive: true });
  await writeFile(file, program);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await import(/* @vite-ignore */ file);
    expect(log).toHaveBeenCalledWith(
      [{ id: 'hut', city: 'Lech' }],
      [{ id: 'hut', metres: expect.closeTo(13_450, -3) }],
    );
  } finally {
    log.mockRestore();
    await rm(folder, { recursive: true, force: true });
  }
});
