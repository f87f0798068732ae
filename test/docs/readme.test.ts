/** Every code block of the README, run as it stands (in a folder of its own, on a free port). */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { crashShell } from '../helpers/crash-shell.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { INSTALL_TIMEOUT_MS, pythonWithMlflow } from '../helpers/python.js';
import { runTypeScript } from '../helpers/run-typescript.js';
import { startServer } from '../helpers/server.js';
import { crateBackend } from '../helpers/stores.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({
  language: language ?? '',
  code: code ?? '',
}));
const crateUrl = inject('crateUrl');
const crate = crateBackend();
const schema = new URL(crate.uri ?? 'crate://none/?schema=none').searchParams.get('schema') ?? '';

/** The README names CrateDB on localhost and the schema `mlflow`: here, the test's own. */
function onTestDatabase(code: string): string {
  return code
    .replaceAll(/crate:\/\/crate@localhost(?:\/\?schema=(\w+))?/g, crate.uri ?? '')
    .replaceAll("schema: 'mlflow'", `schema: '${schema}'`)
    .replaceAll('"mlflow"."experiments"', `"${schema}"."experiments"`);
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-readme-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await dropSchema(crate.uri);
});

describe('README', () => {
  it('has blocks of known languages only, so that none is left out here', () => {
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'python', 'ts']));
  });

  it('names scripts that are there', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
    expect(scripts['start']).toBe('node dist/src/cli/main.js server');
    expect(scripts['test']).toMatch(/vitest run$/);
    // The second one is what CI runs.
    expect(await readFile(join(root, '.ci/run'), 'utf8')).toMatch(/npm ci[\s\S]*npm test/);
  });

  const programs = blocks.filter(({ language }) => language === 'ts');
  it.for(programs.map(({ code }, index) => [index, code] as const))(
    'TypeScript block %i runs',
    async ([index, code], context) => {
      const needsCrate = code.includes('crate://crate@localhost');
      if (needsCrate && crateUrl === undefined) return context.skip('no CrateDB');
      const name = `readme-${String(index)}`;
      const { stderr } = await runTypeScript(name, onTestDatabase(code), folder);
      expect(stderr).toBe('');
    },
  );

  it('the first TypeScript block runs beside a server in the same folder', async () => {
    const place = await mkdtemp(join(folder, 'beside-'));
    const server = await startServer({ cwd: place });
    try {
      const { stdout, stderr } = await runTypeScript('readme-beside', programs[0]?.code ?? '', place);
      expect(stderr).toBe('');
      expect(stdout).toBe('1 0.9\n');
    } finally {
      await server.stop();
    }
  });

  it('the Python block runs with a stock client', async (context) => {
    const python = await pythonWithMlflow();
    if (python === undefined) return context.skip('no Python with mlflow');
    const server = await startServer({ cwd: await mkdtemp(join(folder, 'server-')) });
    try {
      const code = blocks.find(({ language }) => language === 'python')?.code ?? '';
      const { stdout } = await promisify(execFile)(python, ['-c', code], {
        cwd: folder,
        env: { ...process.env, MLFLOW_TRACKING_URI: server.url },
      });
      expect(stdout).toMatch(/0\.333333/);
    } finally {
      await server.stop();
    }
  }, INSTALL_TIMEOUT_MS);

  describe.skipIf(crateUrl === undefined)('with CrateDB', () => {
    const commands = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.trim().split('\n'));

    it('the server command and the crash commands run', async (context) => {
      const crash = await crashShell();
      if (crash === undefined) return context.skip('no Python for the crash shell');
      const command = commands.find((line) => line.startsWith('npx mlflow-cratedb server'));
      const uri = /--backend-store-uri='(.*)'/.exec(command ?? '')?.[1] ?? '';
      expect(uri).toBe('crate://crate@localhost');
      const server = await startServer({ cwd: folder, backendStoreUri: onTestDatabase(uri) });
      await server.stop();

      const shell = async (line: string) => {
        // The files name the schema `mlflow`; a copy of them names the test's.
        const [, file] = /< (ddl\/\w+\.sql)/.exec(line) ?? [];
        let input = '';
        if (file !== undefined) {
          input = (await readFile(join(root, file), 'utf8')).replaceAll('"mlflow"', `"${schema}"`);
        }
        return crash(crateUrl ?? '', file === undefined ? onTestDatabase(line) : input);
      };
      const select = commands.find((line) => line.startsWith('crash --command')) ?? '';
      // Another program sees what CrateDB's own refresh, once a second, has made visible.
      await expect
        .poll(() => shell(/'(.*)'/.exec(select)?.[1] ?? ''), { timeout: 20_000, interval: 500 })
        .toMatch(/Default/);
      for (const line of commands.filter((each) => each.startsWith('crash <'))) {
        expect(await shell(line)).not.toMatch(/Exception|error/i);
      }
    }, INSTALL_TIMEOUT_MS);
  });
});
