import { sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, refuses, writes } from './feature.js';

const TOY = { id: 10, name: 'Bone', pet_id: 2, price: 3 };

export const insert: FeatureGroup = {
  group: 'insert',
  features: [
    writes('one row', 'values({ … })', async ({ db }) => {
      const result = await db.insertInto('toy').values(TOY).executeTakeFirstOrThrow();
      expect(result.numInsertedOrUpdatedRows).toBe(1n);
      expect(await db.selectFrom('toy').selectAll().where('id', '=', 10).execute()).toEqual([TOY]);
    }),
    writes('several rows', 'values([…])', async ({ db }) => {
      const result = await db
        .insertInto('toy')
        .values([TOY, { ...TOY, id: 11 }])
        .executeTakeFirstOrThrow();
      expect(result.numInsertedOrUpdatedRows).toBe(2n);
    }),
    writes('expressions and subqueries as values', 'values((eb) => ({ … }))', async ({ db }) => {
      await db
        .insertInto('toy')
        .values((eb) => ({
          ...TOY,
          name: sql<string>`upper(${'bone'})`,
          price: eb.selectFrom('toy').select((toy) => toy.fn.max('price').as('price')),
        }))
        .execute();
      expect(
        await db.selectFrom('toy').select(['name', 'price']).where('id', '=', 10).execute(),
      ).toEqual([{ name: 'BONE', price: 2.5 }]);
    }),
    writes('result of a query', 'columns(…).expression(query)', async ({ db }) => {
      await db
        .insertInto('toy')
        .columns(['id', 'name', 'pet_id', 'price'])
        .expression((eb) =>
          eb
            .selectFrom('pet')
            .select((pet) => [
              pet('pet.id', '+', 100).as('id'),
              'pet.name',
              'pet.id as pet_id',
              pet.lit(1).as('price'),
            ]),
        )
        .execute();
      const rows = await db.selectFrom('toy').select('id').where('id', '>', 100).execute();
      expect(rows).toHaveLength(3);
    }),
    writes('undefined values are left out', 'values({ a: undefined })', async ({ db }) => {
      await db
        .insertInto('person')
        .values({
          id: 10,
          first_name: 'X',
          last_name: null,
          age: null,
          gender: undefined,
          nicknames: null,
          address: null,
        })
        .execute();
      expect(await db.selectFrom('person').select('gender').where('id', '=', 10).execute()).toEqual(
        [{ gender: 'other' }],
      );
    }),
    writes(
      'rows of different shapes take defaults',
      'values([{ a, b }, { a }])',
      async ({ db }) => {
        const row = { first_name: 'X', last_name: null, age: null, nicknames: null, address: null };
        await db
          .insertInto('person')
          .values([
            { id: 10, ...row, gender: 'female' },
            { id: 11, ...row },
          ])
          .execute();
        const rows = await db
          .selectFrom('person')
          .select('gender')
          .where('id', '>', 9)
          .orderBy('id')
          .execute();
        expect(rows).toEqual([{ gender: 'female' }, { gender: 'other' }]);
      },
    ),
    refuses('DEFAULT VALUES', 'defaultValues()', (db) => db.insertInto('person').defaultValues()),
    writes(
      'conflict: nothing is done',
      'onConflict((oc) => oc.column(…).doNothing())',
      async ({ db }) => {
        const result = await db
          .insertInto('toy')
          .values({ ...TOY, id: 1 })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        expect(result.numInsertedOrUpdatedRows).toBe(0n);
        const any = db
          .insertInto('toy')
          .values({ ...TOY, id: 1 })
          .onConflict((conflict) => conflict.doNothing());
        expect((await any.executeTakeFirst()).numInsertedOrUpdatedRows).toBe(0n);
      },
    ),
    writes('conflict: the row is updated', 'doUpdateSet((eb) => ({ … }))', async ({ db }) => {
      const row = await db
        .insertInto('toy')
        .values({ ...TOY, id: 1 })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({
            name: eb.ref('excluded.name'),
            price: eb('toy.price', '+', eb.ref('excluded.price')),
          })),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ id: 1, name: 'Bone', pet_id: 2, price: 5.5 });
    }),
    refuses('ON CONFLICT … WHERE', 'doUpdateSet(…).where(…)', (db) =>
      db
        .insertInto('toy')
        .values(TOY)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({ name: 'x' }).where('toy.price', '>', 1),
        ),
    ),
    refuses('ON CONFLICT (column) WHERE', "column('id').where(…)", (db) =>
      db
        .insertInto('toy')
        .values(TOY)
        .onConflict((conflict) => conflict.column('id').where('price', '>', 1).doNothing()),
    ),
    refuses('ON CONFLICT ON CONSTRAINT', "constraint('toy_pk')", (db) =>
      db
        .insertInto('toy')
        .values(TOY)
        .onConflict((conflict) => conflict.constraint('toy_pk').doNothing()),
    ),
    refuses('ON CONFLICT (expression)', 'expression(sql`lower(name)`)', (db) =>
      db
        .insertInto('toy')
        .values(TOY)
        .onConflict((conflict) => conflict.expression(sql`lower(name)`).doNothing()),
    ),
    refuses(
      'ON CONFLICT DO UPDATE without columns',
      'onConflict((oc) => oc.doUpdateSet(…))',
      (db) =>
        db
          .insertInto('toy')
          .values(TOY)
          .onConflict((conflict) => conflict.doUpdateSet({ name: 'x' })),
    ),
    refuses('subquery in DO UPDATE', 'doUpdateSet((eb) => ({ a: eb.selectFrom(…) }))', (db) =>
      db
        .insertInto('toy')
        .values(TOY)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({
            price: eb.selectFrom('toy as t').select((toy) => toy.fn.max('t.price').as('price')),
          })),
        ),
    ),
    refuses('INSERT IGNORE', 'ignore()', (db) => db.insertInto('toy').values(TOY).ignore()),
    refuses('INSERT OR …', 'orReplace(), orAbort(), orFail(), orRollback()', (db) =>
      db.insertInto('toy').values(TOY).orReplace(),
    ),
    refuses('ON DUPLICATE KEY UPDATE', 'onDuplicateKeyUpdate(…)', (db) =>
      db.insertInto('toy').values(TOY).onDuplicateKeyUpdate({ name: 'x' }),
    ),
    refuses('INSERT TOP', 'top(1)', (db) => db.insertInto('toy').top(1).values(TOY)),
    refuses('OUTPUT', "output('inserted.id')", (db) =>
      db.insertInto('toy').output('inserted.id').values(TOY),
    ),
    writes('raw text at the end', 'modifyEnd(sql`…`)', async ({ db }) => {
      const query = db
        .insertInto('toy')
        .values({ ...TOY, id: 1 })
        .modifyEnd(sql`on conflict do nothing`);
      expect((await query.executeTakeFirst()).numInsertedOrUpdatedRows).toBe(0n);
    }),
  ],
};

export const returning: FeatureGroup = {
  group: 'returning',
  features: [
    writes(
      'INSERT … RETURNING, with expressions',
      "returning(['id', 'name as n'])",
      async ({ db }) => {
        const row = await db
          .insertInto('toy')
          .values(TOY)
          .returning(['id', 'name as n'])
          .returning((eb) => eb('price', '*', 2).as('double'))
          .executeTakeFirst();
        expect(row).toEqual({ id: 10, n: 'Bone', double: 6 });
      },
    ),
    writes('INSERT … RETURNING *', 'returningAll()', async ({ db }) => {
      const rows = await db.insertInto('toy').values([TOY]).returningAll().execute();
      expect(rows).toEqual([TOY]);
    }),
    writes('UPDATE … RETURNING', 'updateTable(…).returning(…)', async ({ db }) => {
      const rows = await db
        .updateTable('toy')
        .set({ price: 9 })
        .where('id', '=', 1)
        .returning(['toy.id', 'price'])
        .execute();
      expect(rows).toEqual([{ id: 1, price: 9 }]);
    }),
    refuses('subquery in RETURNING', 'returning((eb) => eb.selectFrom(…))', (db) =>
      db
        .updateTable('toy')
        .set({ price: 9 })
        .where('id', '=', 1)
        .returning((eb) => eb.selectFrom('pet').select('pet.name').limit(1).as('pet')),
    ),
    refuses('DELETE … RETURNING', "deleteFrom(…).returning('id')", (db) =>
      db.deleteFrom('toy').where('id', '=', 1).returning('id'),
    ),
    refuses('DELETE … RETURNING *', 'deleteFrom(…).returningAll()', (db) =>
      db.deleteFrom('toy').where('id', '=', 1).returningAll(),
    ),
  ],
};

export const replace: FeatureGroup = {
  group: 'replace',
  features: [refuses('REPLACE INTO', 'replaceInto(…)', (db) => db.replaceInto('toy').values(TOY))],
};

export const merge: FeatureGroup = {
  group: 'merge',
  features: [
    refuses('MERGE … WHEN MATCHED', 'mergeInto(…).using(…).whenMatched()', (db) =>
      db.mergeInto('toy').using('pet', 'pet.id', 'toy.pet_id').whenMatched().thenDelete(),
    ),
    refuses('MERGE … WHEN NOT MATCHED', 'mergeInto(…).using(…).whenNotMatched()', (db) =>
      db
        .mergeInto('toy')
        .using('pet', 'pet.id', 'toy.pet_id')
        .whenNotMatched()
        .thenInsertValues(TOY),
    ),
  ],
};
