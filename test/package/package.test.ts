import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { pack, readManifest, root, run, type Manifest, type Packed } from './packed.js';

let packed: Packed;
const manifest: Manifest = await readManifest();
const entries = Object.entries(manifest.exports);
/** Entries that are code, as one imports them. */
const modules = entries
  .filter(([, target]) => typeof target === 'object')
  .map(([path]) => path.replace(/^\./, manifest.name));

beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed.remove());

/** Imports it in a process of its own and returns the URLs of all that was loaded for it. */
async function loadedBy(specifier: string): Promise<string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({
      resolve(specifier, context, next) {
        const resolved = next(specifier, context);
        urls.push(resolved.url);
        return resolved;
      },
    });
    await import(${JSON.stringify(specifier)});
    // A pipe takes long output in parts: an exit before it is through would cut it.
    process.stdout.write(JSON.stringify(urls) + '\\n', () => process.exit(0));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: packed.project,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]');
}

function packagesIn(urls: readonly string[]): string[] {
  return [
    ...new Set(
      urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []),
    ),
  ];
}

describe('the tarball', () => {
  it('holds what is built, the SQL files and the papers, nothing else', () => {
    const allowed =
      /^(dist\/(dialect|ddl|src)\/|ddl\/(cratedb|drop)\.sql$|[A-Z][\w.-]*$|package\.json$)/;
    expect(packed.files.filter((path) => !allowed.test(path))).toEqual([]);
    expect(packed.files.filter((path) => /\.test\.|(^|\/)tests?\//.test(path))).toEqual([]);
    expect(packed.files).toContain('README.md');
    expect(packed.files).toContain('LICENSE');
  });

  it('is small', () => {
    expect(packed.size).toBeGreaterThan(10_000);
    expect(packed.size).toBeLessThan(1_000_000);
  });

  it.each(entries)('has what %s exports', (_path, target) => {
    const targets = typeof target === 'string' ? [target] : Object.values(target);
    for (const path of targets) expect(packed.files).toContain(path.replace(/^\.\//, ''));
  });

  it.each(Object.entries(manifest.bin))('has the executable %s', async (_name, path) => {
    expect(packed.files).toContain(path);
    const text = await readFile(join(packed.installed, path), 'utf8');
    expect(text).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('satisfies publint', async () => {
    const pkgDir = packed.installed;
    const { messages, pkg } = await publint({ pkgDir, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that resolve (are the types wrong?)', async () => {
    const attw = join(root, 'node_modules/.bin/attw');
    // The SQL files have no types; the package is ESM alone.
    const { stdout } = await run(process.execPath, [
      attw,
      packed.tarball,
      '--profile=esm-only',
      '--format=json',
      '--exclude-entrypoints',
      'ddl/cratedb.sql',
      'ddl/drop.sql',
    ]).catch((error: unknown) => error as { stdout: string });
    const { analysis } = JSON.parse(stdout);
    expect(analysis.types).toMatchObject({ kind: 'included' });
    // An ESM-only package can't be required by CommonJS, and says so in its README.
    const problems = analysis.problems.filter(
      ({ kind, resolutionKind }: { kind: string; resolutionKind?: string }) =>
        !(resolutionKind === 'node10' || (kind === 'CJSResolvesToESM')),
    );
    expect(problems).toEqual([]);
  });
});

describe('importing', () => {
  it.each(modules)('%s works', async (specifier) => {
    expect(packagesIn(await loadedBy(specifier))).toContain(manifest.name);
  });

  it('the dialect loads Kysely and no other package', async () => {
    const packages = packagesIn(await loadedBy(`${manifest.name}/dialect`));
    expect(packages.sort()).toEqual(['kysely', manifest.name]);
  });

  it('drizzle on CrateDB loads drizzle-orm and Kysely, and no driver', async () => {
    const packages = packagesIn(await loadedBy(`${manifest.name}/dialect/drizzle`));
    expect(packages.sort()).toEqual(['drizzle-orm', 'kysely', manifest.name]);
  });

  it('the tracer sees what is loaded', async () => {
    expect(packagesIn(await loadedBy(`${manifest.name}/ddl`))).toContain('drizzle-orm');
  });
});
