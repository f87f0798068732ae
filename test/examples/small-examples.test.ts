import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { afterAll, describe, expect, it } from 'vitest';

import { dropSchema } from '../helpers/crate-schema.js';
import { crateBackend } from '../helpers/stores.js';
import { runExample, startExample, withFolder } from './run-example.js';

describe('examples (embedded)', () => {
  it('embed.ts finds the better run first, typed-sql.ts the best one alone', () =>
    withFolder(async (cwd) => {
      const found = await runExample('embed.ts', [], { cwd });
      expect(found.trim().split('\n')).toEqual([
        expect.stringMatching(/loss 0\.145 with lr 0\.01$/),
        expect.stringMatching(/loss 0\.235 with lr 0\.1$/),
      ]);
      const best = await runExample('typed-sql.ts', ['loss'], { cwd });
      expect(best).toContain("'embed'");
      expect(best).toMatch(/0\.235/);
      expect(best).not.toMatch(/0\.145/);
    }));

  it('mount.ts serves the API under its prefix, and what is beside it', () =>
    withFolder(async (cwd) => {
      const child = startExample('mount.ts', ['pglite:memory'], { cwd, env: { PORT: '0' } });
      try {
        const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
        const url = line.replace('MLFLOW_TRACKING_URI=', '');
        expect(url).toMatch(/^http:.*\/mlflow$/);
        const answer = await fetch(
          `${url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default`,
        );
        expect(await answer.json()).toMatchObject({ experiment: { experiment_id: '0' } });
        expect(await (await fetch(new URL('/', url))).text()).toBe('The service itself\n');
        expect((await fetch(new URL('/elsewhere', url))).status).toBe(404);
      } finally {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      expect(child.exitCode).toBe(0);
    }));

  it('provision.ts prints what it would send', () =>
    withFolder(async (cwd) => {
      const ddl = await runExample('provision.ts', [], { cwd });
      expect(ddl).toContain('CREATE TABLE IF NOT EXISTS "mlflow"."experiments"');
    }));
});

const crate = crateBackend();

describe.skipIf(crate.uri === undefined)('examples (CrateDB)', () => {
  afterAll(() => dropSchema(crate.uri));

  it('provision.ts, twice, then embed.ts and typed-sql.ts', () =>
    withFolder(async (cwd) => {
      const uri = crate.uri ?? '';
      const first = await runExample('provision.ts', [uri], { cwd });
      expect(first).toMatch(/^\d+ tables in test_\w+, version \d+/);
      expect(await runExample('provision.ts', [uri], { cwd })).toBe(first);
      expect(await runExample('embed.ts', [uri], { cwd })).toMatch(/0\.145.*\n.*0\.235/);
      expect(await runExample('typed-sql.ts', ['loss', uri], { cwd })).toMatch(/0\.235/);
    }));
});
