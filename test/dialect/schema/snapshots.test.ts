import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { CrateError } from '../../../dialect/index.js';
import {
  clusteredInto,
  createRepository,
  createSnapshot,
  dropRepository,
  dropSnapshot,
  partitionedBy,
  resetRepositorySettings,
  restoreSnapshot,
  setRepositorySettings,
  tableOptions,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectSql } from '../expect-sql.js';
import { expectNewerSql } from './newer-grammar.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');
const db = compilingDb('s');

describe('repositories', () => {
  it('their settings, which may be keys, are parameters', () => {
    expectSql(
      createRepository('r', 'fs', { location: '/mnt', compress: true }).compile(db),
      'create repository "r" type "fs" with ("location" = $1, "compress" = $2)',
      ['/mnt', true],
    );
    expectSql(
      createRepository('r', 's3', { bucket: 'b', secret_key: 'k' }).compile(db),
      'create repository "r" type "s3" with ("bucket" = $1, "secret_key" = $2)',
      ['b', 'k'],
    );
    expectNewerSql(
      setRepositorySettings('r', { max_restore_bytes_per_sec: '80mb' }).compile(db),
      'alter repository "r" set ("max_restore_bytes_per_sec" = $1)',
      ['80mb'],
    );
    expectNewerSql(
      resetRepositorySettings('r', ['compress', 'chunk_size']).compile(db),
      'alter repository "r" reset ("compress", "chunk_size")',
      [],
    );
    expectSql(dropRepository('r"').compile(db), 'drop repository "r"""', []);
    expect(() => setRepositorySettings('r', {})).toThrow('setRepositorySettings: no settings');
    expect(() => resetRepositorySettings('r', [])).toThrow('resetRepositorySettings: no settings');
    // @ts-expect-error a folder is needed
    createRepository('r', 'fs', { compress: true });
    // @ts-expect-error no such type of CrateDB's own
    createRepository('r', 'hdfs', {});
  });
});

describe('snapshots', () => {
  it('of all, or of tables and partitions', () => {
    expectSql(createSnapshot('r', 's1', 'all').compile(db), 'create snapshot "r"."s1" all', []);
    expectSql(
      createSnapshot('r', 's1', ['a', { table: 'x.b', partition: { day: 1 } }], {
        wait_for_completion: true,
        ignore_unavailable: false,
      }).compile(db),
      'create snapshot "r"."s1" table "s"."a", "x"."b" partition ("day" = 1) with ("wait_for_completion" = true, "ignore_unavailable" = false)',
      [],
    );
    expectSql(dropSnapshot('r', 's1').compile(db), 'drop snapshot "r"."s1"', []);
    expect(() => createSnapshot('r', 's1', [])).toThrow('createSnapshot: no tables');
  });

  it('are restored whole or in part', () => {
    expectSql(restoreSnapshot('r', 's1', 'all').compile(db), 'restore snapshot "r"."s1" all', []);
    expectSql(
      restoreSnapshot('r', 's1', 'metadata').compile(db),
      'restore snapshot "r"."s1" metadata',
      [],
    );
    expectSql(
      restoreSnapshot('r', 's1', { sections: ['views', 'analyzers'] }).compile(db),
      'restore snapshot "r"."s1" views, analyzers',
      [],
    );
    expectSql(
      restoreSnapshot('r', 's1', ['a'], { schema_rename_replacement: 'p_$1' }).compile(db),
      `restore snapshot "r"."s1" table "s"."a" with ("schema_rename_replacement" = 'p_$1')`,
      [],
    );
    expect(() => restoreSnapshot('r', 's1', { sections: [] })).toThrow(
      'restoreSnapshot: no sections',
    );
    // @ts-expect-error not a section
    expect(() => restoreSnapshot('r', 's1', { sections: ['rows'] })).toThrow(
      'restoreSnapshot: section must be one of',
    );
  });
});

describe.skipIf(crateUrl === undefined)('repositories and snapshots (CrateDB)', () => {
  let crate: SchemaTest;
  const repository = 'test_schema_backups';
  /** Fresh, as what an interrupted run left behind would be found in it. */
  const location = `folder_${process.pid}_${Date.now()}`;
  const snapshots = ['one', 'two'] as const;

  const kept = async () =>
    (
      await crate.db
        .selectFrom('sys.snapshots')
        .select(['name', 'state', 'tables'])
        .where('repository', '=', repository)
        .orderBy('name')
        .execute()
    ).map(({ name, state, tables }) => ({ name, state, tables }));
  const settings = async () =>
    (
      await crate.db
        .selectFrom('sys.repositories')
        .select('settings')
        .where('name', '=', repository)
        .execute()
    )[0]?.['settings'];

  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_snapshots');
    if ((await settings()) !== undefined) await dropRepository(repository).execute(crate.db);
  });
  afterAll(async () => {
    await crate.close();
  });

  it('keep tables, and give them back', async ({ skip }) => {
    const { db: own, schema } = crate;
    crate.sent.length = 0;
    try {
      await createRepository(repository, 'fs', { location }).execute(own);
    } catch (error) {
      expect(error).toBeInstanceOf(CrateError);
      if (String(error).includes('path.repo')) skip('the server has no path.repo');
      throw error;
    }
    await setRepositorySettings(repository, { max_restore_bytes_per_sec: '80mb' }).execute(own);
    expect(await settings()).toMatchObject({
      location,
      max_restore_bytes_per_sec: '80mb',
    });
    await resetRepositorySettings(repository, ['max_restore_bytes_per_sec']).execute(own);
    expect(await settings()).not.toHaveProperty('max_restore_bytes_per_sec');

    await own.schema
      .createTable('p')
      .addColumn('id', 'integer')
      .addColumn('day', 'timestamptz')
      .$call(clusteredInto(1))
      .$call(partitionedBy('day'))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
    const day = new Date(86_400_000);
    await own
      .insertInto('p')
      .values([
        { id: 1, day },
        { id: 2, day: new Date(172_800_000) },
      ])
      .execute();

    const wait = { wait_for_completion: true };
    const [one, two] = snapshots;
    await createSnapshot(repository, one, ['p'], wait).execute(own);
    await createSnapshot(repository, two, [{ table: 'p', partition: { day } }, 'nope'], {
      ...wait,
      ignore_unavailable: true,
    }).execute(own);
    expect(await kept()).toEqual([
      { name: one, state: 'SUCCESS', tables: [`${schema}.p`] },
      { name: two, state: 'SUCCESS', tables: [`${schema}.p`] },
    ]);

    await own.schema.dropTable('p').execute();
    await restoreSnapshot(repository, one, [{ table: 'p', partition: { day } }], wait).execute(own);
    expect(await own.selectFrom('p').select('id').execute()).toEqual([{ id: 1 }]);
    await restoreSnapshot(repository, one, ['p'], {
      ...wait,
      table_rename_replacement: 'copy_of_$1',
    }).execute(own);
    const copies = await own.selectFrom('copy_of_p').select('id').orderBy('id').execute();
    expect(copies).toEqual([{ id: 1 }, { id: 2 }]);
    await restoreSnapshot(repository, one, { sections: ['views'] }, wait).execute(own);

    for (const name of snapshots) await dropSnapshot(repository, name).execute(own);
    expect(await kept()).toEqual([]);
    await dropRepository(repository).execute(own);
    expect(await settings()).toBeUndefined();
    const changes = crate.sent.filter(({ sql }) => /^\w+ (repository|snapshot) /.test(sql));
    expect(changes).toHaveLength(11);
    expect(changes.every(({ kind, sql }) => kind === 'ddl' && !sql.includes(location))).toBe(true);
  });
});
