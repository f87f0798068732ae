import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  allocatePrimary,
  allocateReplica,
  cancelShard,
  clusteredInto,
  collectDanglingArtifacts,
  decommissionNode,
  moveShard,
  promoteReplica,
  retryFailedShards,
  tableOptions,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectSql } from '../expect-sql.js';
import { expectNewerSql } from './newer-grammar.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');
const shard = { table: 't', shard: 0 };
const loss = { accept_data_loss: true };

/** Each with a node that no cluster has. */
const statements = [
  ["move shard 0 from 'a' to 'no''node'", moveShard(shard, { from: 'a', to: "no'node" })],
  ["allocate replica shard 0 on 'nonode'", allocateReplica(shard, 'nonode')],
  [
    `promote replica shard 0 on 'nonode' with ("accept_data_loss" = true)`,
    promoteReplica(shard, 'nonode', loss),
  ],
  [
    `allocate STALE primary shard 0 on 'nonode' with ("accept_data_loss" = true)`,
    allocatePrimary(shard, 'stale', 'nonode', loss),
  ],
  [
    `allocate EMPTY primary shard 0 on 'nonode' with ("accept_data_loss" = true)`,
    allocatePrimary(shard, 'empty', 'nonode', loss),
  ],
  ["cancel shard 0 on 'nonode'", cancelShard(shard, 'nonode')],
  [
    `cancel shard 0 on 'nonode' with ("allow_primary" = false)`,
    cancelShard(shard, 'nonode', { allow_primary: false }),
  ],
] as const;

describe('reroute', () => {
  const db = compilingDb('s');
  it.each(statements)('%s', (text, statement) => {
    const expectText = text.includes(' primary ') ? expectNewerSql : expectSql;
    expectText(statement.compile(db), `alter table "s"."t" reroute ${text}`, []);
  });

  it('of the cluster, and of partitions', () => {
    expectSql(retryFailedShards().compile(db), 'alter cluster reroute retry failed', []);
    expectSql(decommissionNode("n'1").compile(db), `alter cluster decommission 'n''1'`, []);
    expectSql(collectDanglingArtifacts().compile(db), 'alter cluster gc dangling artifacts', []);
    expectSql(
      cancelShard({ table: { table: 't', partition: { day: 1 } }, shard: 3 }, 'n').compile(db),
      `alter table "s"."t" partition ("day" = 1) reroute cancel shard 3 on 'n'`,
      [],
    );
    expect(() => cancelShard({ table: 't', shard: -1 }, 'n')).toThrow(
      'shard must be a whole number, 0 or more',
    );
  });
});

describe.skipIf(crateUrl === undefined)('reroute (CrateDB)', () => {
  let crate: SchemaTest;
  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_reroute');
    await crate.db.schema
      .createTable('t')
      .addColumn('id', 'integer')
      .$call(clusteredInto(1))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
  });
  afterAll(async () => {
    await crate.close();
  });

  it.each([...statements, ['decommission', decommissionNode('nonode')]] as const)(
    'is understood, and there is no such node: %s',
    async (_, statement) => {
      await expect(statement.execute(crate.db)).rejects.toThrow('could not be found');
    },
  );

  it('the cluster as a whole', async () => {
    crate.sent.length = 0;
    await retryFailedShards().execute(crate.db);
    await collectDanglingArtifacts().execute(crate.db);
    expect(crate.sent.map(({ kind }) => kind)).toEqual(['ddl', 'ddl']);
  });
});
