import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';

import { run } from '../../src/cli/program.js';
import { openCrate, type Backend } from '../ddl/backends.js';
import { makePythonTables } from '../ddl/python-tables.js';
import { withSchema } from '../helpers/stores.js';

const crateUrl = inject('crateUrl');

describe.skipIf(crateUrl === undefined)('ddl adopt (CrateDB)', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openCrate(crateUrl!);
  });
  afterAll(() => backend.close());
  afterEach(() => {
    vi.restoreAllMocks();
  });

  async function adopt(...args: string[]) {
    return adoptAs('crate', ...args);
  }

  async function adoptAs(user: string, ...args: string[]) {
    let output = '';
    let errors = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      output += text.toString();
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      errors += text.toString();
      return true;
    });
    const uri = new URL(withSchema(crateUrl!, backend.schema));
    [uri.username = '', uri.password = ''] = user.split(':');
    try {
      const options = ['--backend-store-uri', uri.href, '--shards', '1', '--replicas', '0'];
      return { exitCode: await run(['ddl', 'adopt', ...options, ...args]), output, errors };
    } finally {
      vi.restoreAllMocks();
    }
  }

  it('says in one line that there is nothing to adopt', async () => {
    expect(await adopt()).toEqual({
      exitCode: 1,
      output: '',
      errors:
        `mlflow-cratedb: The tables of the schema "${backend.schema}" are not adopted:` +
        ' there are none; `ddl apply` makes them\n',
    });
  });

  it('plans, refuses what has no place, adopts, reports and drops', async () => {
    const { schema, query } = backend;
    await makePythonTables(backend, ['experiments', 'metrics']);
    await query(
      `CREATE TABLE "${schema}".params (key TEXT, value TEXT, run_uuid TEXT, mood TEXT, PRIMARY KEY (key, run_uuid))
       CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
    );
    await query(`INSERT INTO "${schema}".params (key, run_uuid) VALUES ('a', 'r')`);
    await query(
      `INSERT INTO "${schema}".experiments (experiment_id, name, lifecycle_stage, creation_time)
       VALUES (1, 'n', 'active', 1), (2, 'n', 'active', 2)`,
    );
    for (let time = 0; time < 2; time++) {
      await query(
        `INSERT INTO "${schema}".metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('k', 1, 1, 1, false, 'r')`,
      );
    }
    const planned = await adopt('--dry-run');
    expect(planned.exitCode).toBe(2);
    expect(planned.output).toContain('-- copy   metrics: 2 rows\n');
    expect(planned.output).toContain('--          kept too: mood\n');
    expect(planned.output).toContain(
      `ALTER CLUSTER SWAP TABLE "${schema}"."metrics_adopting_00000000" TO "${schema}"."metrics";\n`,
    );

    const user = `${schema}_user`;
    await query(`CREATE USER "${user}" WITH (password = 'geheim')`);
    try {
      await query(`GRANT DML, DQL ON SCHEMA "${schema}" TO "${user}"`);
      expect(await adoptAs(`${user}:geheim`)).toEqual({
        exitCode: 1,
        output: '',
        errors:
          `mlflow-cratedb: The user lacks the privilege DDL on the schema "${schema}":` +
          ' grant it, or let another user provision the tables once\n',
      });
      // That is all it takes.
      await query(`GRANT DDL ON SCHEMA "${schema}" TO "${user}"`);
      const refused = await adoptAs(`${user}:geheim`);
      expect(refused.exitCode).toBe(1);
      expect(refused.errors).toContain(
        'refused: params {"run_uuid":"r","key":"a"}: value is null\n',
      );
      expect(refused.errors).toContain("1 of the rows of params can't be copied");
    } finally {
      await query(`DROP USER "${user}"`);
    }
    await query(`UPDATE "${schema}".params SET value = 'v' WHERE key = 'a' AND run_uuid = 'r'`);
    const done = await adopt();
    expect(done.errors).toBe('params: 1 row\n');
    expect(done.exitCode).toBe(0);
    expect(done.output).toMatch(/^metrics +copied +2 +1 +1 +\d+$/m);
    expect(done.output).toMatch(/^experiments +kept +2 +0 +2 +0$/m);
    expect(done.output).toContain('kept: the columns mood of params\n');
    expect(done.output).toContain(
      'note: the name "n" (workspace default) finds the experiment 1, no more 2, which has it too\n',
    );
    expect(done.output).toContain('kept: metrics_before_adopt, params_before_adopt; drop them by');

    expect(await adopt('--dry-run')).toMatchObject({ exitCode: 0, output: '-- nothing to do\n' });
    const dropping = await adopt('--drop-old', '--json');
    expect(dropping.exitCode).toBe(0);
    expect(JSON.parse(dropping.output)).toMatchObject({
      dropped: ['metrics_before_adopt', 'params_before_adopt'],
    });
  });
});
