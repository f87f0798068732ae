import { CompiledQuery, createQueryId, NoResultError, sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes, refuses, refusesToRun, writes } from './feature.js';

export const execute: FeatureGroup = {
  group: 'execute',
  features: [
    passes('first row, or undefined', 'executeTakeFirst()', async ({ db }) => {
      const query = db.selectFrom('person').select('id');
      expect(await query.where('id', '=', 1).executeTakeFirst()).toEqual({ id: 1 });
      expect(await query.where('id', '=', 9).executeTakeFirst()).toBeUndefined();
    }),
    passes('first row, or an error', 'executeTakeFirstOrThrow(…)', async ({ db }) => {
      const query = db.selectFrom('person').select('id').where('id', '=', 9);
      await expect(query.executeTakeFirstOrThrow()).rejects.toThrow(NoResultError);
      await expect(query.executeTakeFirstOrThrow(() => new TypeError('none'))).rejects.toThrow(
        TypeError,
      );
    }),
    passes('compiled query, and builder', 'db.executeQuery(query)', async ({ db }) => {
      const query = db.selectFrom('person').select('id').where('id', '=', 1);
      expect((await db.executeQuery(query.compile())).rows).toEqual([{ id: 1 }]);
      expect((await db.executeQuery(query)).rows).toEqual([{ id: 1 }]);
    }),
    passes('one connection', 'db.connection().execute(…)', async ({ db }) => {
      const rows = await db.connection().execute(async (connected) => {
        await sql`SET statement_timeout = 60000`.execute(connected);
        return connected.selectFrom('person').select('id').where('id', '=', 1).execute();
      });
      expect(rows).toEqual([{ id: 1 }]);
    }),
    passes('await using', 'await using db = new Kysely(…)', async ({ open }) => {
      await using db = open();
      expect(await db.selectNoFrom((eb) => eb.lit(1).as('one')).execute()).toEqual([{ one: 1 }]);
    }),
    passes('log', 'new Kysely({ log })', async ({ open }) => {
      const levels: string[] = [];
      const db = open([], ({ level }) => levels.push(level));
      await db.selectFrom('person').select('id').execute();
      await db
        .selectFrom('nowhere' as 'person')
        .select('id')
        .execute()
        .catch(() => undefined);
      expect(levels).toEqual(['query', 'error']);
    }),
    passes('query ids', 'createQueryId()', async ({ db }) => {
      const { queryId } = db.selectFrom('person').select('id').compile();
      expect(queryId.queryId).not.toBe(createQueryId().queryId);
    }),
  ],
};

export const transaction: FeatureGroup = {
  group: 'transaction',
  features: [
    refusesToRun('transaction', 'db.transaction().execute(…)', async ({ db }) => {
      await db.transaction().execute(async (trx) => trx.selectFrom('person').selectAll().execute());
    }),
    refusesToRun('isolation level', "setIsolationLevel('serializable')", async ({ db }) => {
      await db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(async (trx) => trx.selectFrom('person').selectAll().execute());
    }),
    refusesToRun('access mode', "setAccessMode('read only')", async ({ db }) => {
      await db
        .transaction()
        .setAccessMode('read only')
        .execute(async (trx) => trx.selectFrom('person').selectAll().execute());
    }),
    refusesToRun(
      'controlled transaction, savepoints',
      'db.startTransaction().execute()',
      async ({ db }) => {
        await db.startTransaction().execute();
      },
    ),
    refusesToRun('BEGIN, COMMIT and ROLLBACK as raw SQL', 'sql`BEGIN`', async ({ db }) => {
      await sql`BEGIN`.execute(db);
    }),
  ],
};

export const explain: FeatureGroup = {
  group: 'explain',
  features: [
    passes('EXPLAIN of a SELECT', 'explain()', async ({ db }) => {
      const [plan] = await db.selectFrom('person').selectAll().explain();
      expect(Object.values(plan ?? {}).join()).toContain('Collect');
    }),
    passes('EXPLAIN of an INSERT', 'insertInto(…).explain()', async ({ db }) => {
      const plan = await db
        .insertInto('toy')
        .values({ id: 99, name: 'x', pet_id: 1, price: 1 })
        .explain();
      expect(plan).toHaveLength(1);
    }),
    passes('EXPLAIN ANALYZE', 'explain(undefined, sql`analyze`)', async ({ db }) => {
      const [plan] = await db
        .selectFrom('person')
        .selectAll()
        .explain(undefined, sql`analyze`);
      expect(JSON.stringify(plan)).toContain('Total');
    }),
    refusesToRun('EXPLAIN (FORMAT …)', "explain('json')", async ({ db }) => {
      await db.selectFrom('person').selectAll().explain('json');
    }),
    refusesToRun('EXPLAIN of an UPDATE', 'updateTable(…).explain()', async ({ db }) => {
      await db.updateTable('person').set({ age: 1 }).explain();
    }),
    refusesToRun('EXPLAIN of a DELETE', 'deleteFrom(…).explain()', async ({ db }) => {
      await db.deleteFrom('person').explain();
    }),
  ],
};

export const rawSql: FeatureGroup = {
  group: 'raw-sql',
  features: [
    passes(
      'values, identifiers, references, tables, literals, lists',
      'sql`…`',
      async ({ db, schema }) => {
        const { rows } = await sql<{ first: string; n: number }>`
        SELECT ${sql.ref('person.first_name')} AS ${sql.id('first')}, ${sql.lit(2)} AS n
        FROM ${sql.table('person')}, ${sql.id(schema, 'pet')}
        WHERE ${sql.ref('person.id')} IN (${sql.join([1, 9])}) AND owner_id = ${1}
          AND species = ${sql.val('cat')}`.execute(db);
        expect(rows).toEqual([{ first: 'Jennifer', n: 2 }]);
      },
    ),
    passes('queries in raw SQL', 'sql`… ${query}`', async ({ db }) => {
      const pets = db.selectFrom('pet').select((eb) => eb.fn.countAll<number>().as('n'));
      const { rows } = await sql<{ n: number }>`SELECT ${pets} AS n`.execute(db);
      expect(Number(rows[0]?.n)).toBe(3);
    }),
    passes('raw compiled query', 'CompiledQuery.raw(text, parameters)', async ({ db, schema }) => {
      const text = `select first_name from "${schema}"."person" where id = $1`;
      const { rows } = await db.executeQuery(CompiledQuery.raw(text, [2]));
      expect(rows).toEqual([{ first_name: 'Arnold' }]);
    }),
    writes('raw INSERT, UPDATE, DELETE', 'sql`insert …`', async ({ db }) => {
      const toy = sql.table('toy');
      const inserted = await sql`INSERT INTO ${toy} (id, name) VALUES (${20}, ${'x'})`.execute(db);
      const updated = await sql`UPDATE ${toy} SET name = ${'y'} WHERE id = 20`.execute(db);
      const deleted = await sql`DELETE FROM ${toy} WHERE id = 20`.execute(db);
      expect([inserted, updated, deleted].map((result) => result.numAffectedRows)).toEqual([
        1n,
        1n,
        1n,
      ]);
    }),
    passes('names that hold quotes', 'sql.id(…), select(… as …)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id as a"; --' as 'id as a')
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ 'a"; --': 1 }]);
    }),
    passes('literals that hold quotes and backslashes', "sql.lit(…), key('…')", async ({ db }) => {
      const { rows } = await sql<{ a: string }>`SELECT ${sql.lit("'; \\' --")} AS a`.execute(db);
      expect(rows).toEqual([{ a: "'; \\' --" }]);
      const evil = db.selectFrom('person').select((eb) =>
        eb
          .ref('address', '->')
          .key("city'] from sys.users --" as 'city')
          .as('x'),
      );
      await expect(evil.execute()).rejects.toThrow(/unknown/i);
    }),
    refuses('refused parts of a query in raw SQL', 'sql`… ${query.forUpdate()}`', (db) => ({
      compile: () => sql`SELECT ${db.selectFrom('pet').select('id').forUpdate()} AS n`.compile(db),
    })),
  ],
};

export const clear: FeatureGroup = {
  group: 'clear',
  features: [
    passes(
      'parts of a query taken back',
      'clearSelect(), clearWhere(), clearOrderBy(), clearLimit() …',
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select('age')
          .where('id', '=', 99)
          .orderBy('age')
          .groupBy('age')
          .limit(1)
          .offset(1)
          .clearSelect()
          .clearWhere()
          .clearOrderBy()
          .clearGroupBy()
          .clearLimit()
          .clearOffset()
          .select('id')
          .execute();
        expect(rows).toHaveLength(3);
      },
    ),
    passes('of changes too', 'clearReturning(), clearWhere()', async ({ db }) => {
      const changed = await db
        .updateTable('toy')
        .set({ price: 1 })
        .where('id', '=', 1)
        .clearWhere()
        .where('id', '=', 99)
        .returning('id')
        .clearReturning()
        .executeTakeFirst();
      expect(changed.numUpdatedRows).toBe(0n);
      const deleted = await db
        .deleteFrom('toy')
        .where('id', '=', 99)
        .orderBy('id')
        .limit(1)
        .returning('id')
        .clearOrderBy()
        .clearLimit()
        .clearReturning()
        .executeTakeFirst();
      expect(deleted.numDeletedRows).toBe(0n);
    }),
  ],
};
