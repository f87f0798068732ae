import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root, run } from './packed.js';

/** Hosts that a package manager downloads from: a checkout must work with anyone's own. */
const registries = [
  /\bregistry\.(npmjs|yarnpkg|npmmirror)\b/,
  /\bfiles\.pythonhosted\b/,
  /\bpypi\.org\/simple\b/,
  /:\/\/[^\s/"']*\b(artifactory|nexus|verdaccio|devpi)\b/,
];

/** Paths that exist on somebody's machine; `me`, `user` and `you` are nobody. */
const machinePaths = [
  /(?<![\w.~-])\/(home|Users)\/(?!(me|user|you)\/)[a-z]\w*\//,
  /(?<![\w.~-])\/root\//,
  /(?<![\w.~-])\/work\//,
  /(?<![\w.~-])\/opt\/(ref|crate|mlflow)\b/,
];

const files = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  maxBuffer: 2 ** 24,
}).then(
  ({ stdout }) => stdout.split('\n').filter((path) => path !== ''),
  () => undefined,
);

// This file names what it looks for.
const self = 'test/package/tracked-files.test.ts';

describe.skipIf(files === undefined)('files under version control', () => {
  async function matches(patterns: readonly RegExp[]): Promise<string[]> {
    const found: string[] = [];
    for (const path of files ?? []) {
      if (path === self) continue;
      const text = await readFile(join(root, path), 'utf8').catch(() => '');
      for (const [i, line] of text.split('\n').entries()) {
        for (const pattern of patterns) {
          const match = pattern.exec(line)?.[0];
          if (match !== undefined) found.push(`${path}:${i + 1}: ${match}`);
        }
      }
    }
    return found;
  }

  it('are listed', () => {
    expect(files).toContain('package.json');
  });

  it('name no registry', async () => {
    expect(await matches(registries)).toEqual([]);
  });

  it('name no path of one machine', async () => {
    const own = new RegExp(root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expect(await matches([...machinePaths, own])).toEqual([]);
  });
});
