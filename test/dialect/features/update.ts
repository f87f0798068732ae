import { sql } from 'kysely';
import { expect } from 'vitest';

import { type Feature, type FeatureGroup, refuses, spelled, writes } from './feature.js';

const spelledWrite = (...[feature, kysely, note, run]: Parameters<typeof spelled>): Feature => ({
  ...spelled(feature, kysely, note, run),
  writes: true,
});

export const update: FeatureGroup = {
  group: 'update',
  features: [
    writes('values', 'set({ … }), set(column, value)', async ({ db }) => {
      const result = await db
        .updateTable('person')
        .set({ age: 31, last_name: undefined })
        .set('gender', 'x')
        .where('id', '=', 1)
        .executeTakeFirstOrThrow();
      expect(result.numUpdatedRows).toBe(1n);
      expect(
        await db
          .selectFrom('person')
          .select(['age', 'last_name', 'gender'])
          .where('id', '=', 1)
          .execute(),
      ).toEqual([{ age: 31, last_name: 'Aniston', gender: 'x' }]);
    }),
    writes('expressions', "set((eb) => ({ age: eb('age', '+', 1) }))", async ({ db }) => {
      await db
        .updateTable('person')
        .set((eb) => ({
          age: eb('age', '+', 1),
          last_name: sql<string>`upper(${eb.ref('person.last_name')})`,
        }))
        .where('person.id', '=', 1)
        .execute();
      expect(
        await db.selectFrom('person').select(['age', 'last_name']).where('id', '=', 1).execute(),
      ).toEqual([{ age: 31, last_name: 'ANISTON' }]);
    }),
    spelledWrite(
      'alias',
      "updateTable('person as p').set((eb) => …p.age…)",
      'written without it',
      async ({ db }) => {
        const rows = await db
          .updateTable('person as p')
          .set((eb) => ({ age: eb('p.age', '+', 1) }))
          .where('p.id', '=', 1)
          .returning(['p.id', 'age'])
          .execute();
        expect(rows).toEqual([{ id: 1, age: 31 }]);
      },
    ),
    writes('subquery', 'set((eb) => ({ age: eb.selectFrom(…) }))', async ({ db }) => {
      await db
        .updateTable('person')
        .set((eb) => ({
          age: eb.selectFrom('person as p').select((oldest) => oldest.fn.max('p.age').as('age')),
        }))
        .where('id', '=', 1)
        .execute();
      expect(await db.selectFrom('person').select('age').where('id', '=', 1).execute()).toEqual([
        { age: 50 },
      ]);
    }),
    refuses('correlated subquery', "set((eb) => …whereRef('owner_id', '=', 'person.id')…)", (db) =>
      db.updateTable('person').set((eb) => ({
        last_name: eb
          .selectFrom('pet')
          .select('pet.name')
          .whereRef('pet.owner_id', '=', 'person.id')
          .limit(1),
      })),
    ),
    writes('WHERE … IN (SELECT …)', "where('id', 'in', query)", async ({ db }) => {
      const result = await db
        .updateTable('person')
        .set({ age: 1 })
        .where('id', 'in', (eb) => eb.selectFrom('pet').select('pet.owner_id'))
        .executeTakeFirstOrThrow();
      expect(result.numUpdatedRows).toBe(2n);
    }),
    refuses('FROM', "updateTable('person').from('pet')", (db) =>
      db
        .updateTable('person')
        .from('pet')
        .set((eb) => ({ last_name: eb.ref('pet.name') }))
        .whereRef('pet.owner_id', '=', 'person.id'),
    ),
    refuses('FROM and JOIN', "from('pet').innerJoin('toy', …)", (db) =>
      db.updateTable('person').from('pet').innerJoin('toy', 'toy.pet_id', 'pet.id').set({ age: 1 }),
    ),
    refuses('several tables', "updateTable(['person', 'pet'])", (db) =>
      db.updateTable(['person', 'pet']).set('person.age', 1),
    ),
    refuses('ORDER BY and LIMIT', "orderBy('id').limit(1)", (db) =>
      db.updateTable('person').set({ age: 1 }).orderBy('id').limit(1),
    ),
    refuses('TOP', 'top(1)', (db) => db.updateTable('person').top(1).set({ age: 1 })),
    refuses('OUTPUT', "output('inserted.id')", (db) =>
      db.updateTable('person').set({ age: 1 }).output('inserted.id'),
    ),
    writes('raw text at the end', 'modifyEnd(sql`returning id`)', async ({ db }) => {
      const query = db
        .updateTable('toy')
        .set({ price: 1 })
        .where('id', '=', 1)
        .modifyEnd(sql`returning id`);
      expect((await query.executeTakeFirstOrThrow()).numUpdatedRows).toBe(1n);
    }),
  ],
};

export const deleteFrom: FeatureGroup = {
  group: 'delete',
  features: [
    writes('rows by a condition', "deleteFrom('toy').where(…)", async ({ db }) => {
      const result = await db.deleteFrom('toy').where('price', '>', 1).executeTakeFirstOrThrow();
      expect(result.numDeletedRows).toBe(1n);
      const none = await db.deleteFrom('toy').where('id', '=', 99).executeTakeFirstOrThrow();
      expect(none.numDeletedRows).toBe(0n);
    }),
    writes('alias', "deleteFrom('toy as t').where('t.id', …)", async ({ db }) => {
      const result = await db
        .deleteFrom('toy as t')
        .where('t.id', '=', 1)
        .executeTakeFirstOrThrow();
      expect(result.numDeletedRows).toBe(1n);
    }),
    writes('WHERE … IN (SELECT …)', "where('id', 'in', query)", async ({ db }) => {
      const result = await db
        .deleteFrom('toy')
        .where('pet_id', 'in', (eb) =>
          eb.selectFrom('pet').select('pet.id').where('species', '=', 'dog'),
        )
        .executeTakeFirstOrThrow();
      expect(result.numDeletedRows).toBe(1n);
    }),
    refuses('correlated subquery', 'where(exists(…whereRef(…toy.pet_id…)))', (db) =>
      db
        .deleteFrom('toy')
        .where((eb) =>
          eb.exists(eb.selectFrom('pet').select('pet.id').whereRef('pet.id', '=', 'toy.pet_id')),
        ),
    ),
    refuses('USING', "using('pet')", (db) =>
      db.deleteFrom('toy').using('pet').whereRef('pet.id', '=', 'toy.pet_id'),
    ),
    refuses('USING and JOIN', "using('toy').innerJoin('pet', …)", (db) =>
      db.deleteFrom('toy').using('toy').innerJoin('pet', 'pet.id', 'toy.pet_id'),
    ),
    refuses('several tables', "deleteFrom(['toy', 'pet'])", (db) =>
      db.deleteFrom(['toy', 'pet']).using('toy').where('toy.id', '=', 1),
    ),
    refuses('ORDER BY and LIMIT', "orderBy('id').limit(1)", (db) =>
      db.deleteFrom('toy').orderBy('id').limit(1),
    ),
    refuses('TOP', 'top(1)', (db) => db.deleteFrom('toy').top(1)),
    refuses('OUTPUT', "output('deleted.id')", (db) => db.deleteFrom('toy').output('deleted.id')),
  ],
};
