import { sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes, refuses } from './feature.js';

export const select: FeatureGroup = {
  group: 'select',
  features: [
    passes('all columns', 'selectAll()', async ({ db }) => {
      const row = await db
        .selectFrom('person')
        .selectAll()
        .where('id', '=', 1)
        .executeTakeFirstOrThrow();
      expect(row).toEqual({
        id: 1,
        first_name: 'Jennifer',
        last_name: 'Aniston',
        age: 30,
        gender: 'female',
        nicknames: ['Jen', 'Jenny'],
        address: { city: 'Oslo', zip: 150, lines: ['a', 'b'], geo: { lat: 59.5 } },
      });
    }),
    passes('all columns of one table', "selectAll('pet')", async ({ db }) => {
      const rows = await db
        .selectFrom('pet')
        .innerJoin('person', 'person.id', 'pet.owner_id')
        .selectAll('pet')
        .where('pet.id', '=', 3)
        .execute();
      expect(rows).toEqual([{ id: 3, name: 'Hammo', owner_id: 2, species: 'hamster' }]);
    }),
    passes(
      'aliases of columns and tables',
      "selectFrom('person as p').select('p.age as a')",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person as p')
          .select(['p.first_name as Name', 'p.age as a'])
          .where('p.id', '=', 1)
          .execute();
        expect(rows).toEqual([{ Name: 'Jennifer', a: 30 }]);
      },
    ),
    passes('scalar subquery', 'select((eb) => eb.selectFrom(…).as(…))', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => [
          'id',
          eb
            .selectFrom('pet')
            .whereRef('pet.owner_id', '=', 'person.id')
            .select('pet.name')
            .orderBy('pet.name')
            .limit(1)
            .as('pet'),
        ])
        .orderBy('id')
        .execute();
      expect(rows).toEqual([
        { id: 1, pet: 'Catto' },
        { id: 2, pet: 'Hammo' },
        { id: 3, pet: null },
      ]);
    }),
    refuses(
      'correlation over two levels',
      "subquery in a subquery that names the outermost query's table",
      (db) =>
        db.selectFrom('person').select((eb) =>
          eb
            .selectFrom((inner) =>
              inner
                .selectFrom('pet')
                .select('name')
                .whereRef('owner_id', '=', sql.ref('person.id'))
                .as('own'),
            )
            .select('own.name')
            .limit(1)
            .as('pet'),
        ),
    ),
    passes('several tables in FROM', "selectFrom(['person', 'pet'])", async ({ db }) => {
      const rows = await db
        .selectFrom(['person', 'pet as p'])
        .select(['person.id', 'p.name'])
        .whereRef('p.owner_id', '=', 'person.id')
        .orderBy('p.id')
        .execute();
      expect(rows.map(({ name }) => name)).toEqual(['Catto', 'Doggo', 'Hammo']);
    }),
    passes('subquery in FROM', 'selectFrom((eb) => eb.selectFrom(…).as(…))', async ({ db }) => {
      const rows = await db
        .selectFrom((eb) => eb.selectFrom('person').select('age').as('ages'))
        .select((eb) => eb.fn.max('ages.age').as('oldest'))
        .execute();
      expect(rows).toEqual([{ oldest: 50 }]);
    }),
    passes('without FROM', 'selectNoFrom(…)', async ({ db }) => {
      const rows = await db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
      expect(rows).toEqual([{ one: 1 }]);
    }),
    passes('raw expression', 'select(sql`…`.as(…))', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select(sql<string>`concat(${sql.ref('first_name')}, ${' '}, last_name)`.as('name'))
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ name: 'Jennifer Aniston' }]);
    }),
    passes('dynamic table and column', 'db.dynamic.table(…), db.dynamic.ref(…)', async ({ db }) => {
      const { dynamic } = db;
      const rows = await db
        .selectFrom(dynamic.table('person').as('t'))
        .select(dynamic.ref<'first_name'>('t.first_name'))
        .where(dynamic.ref('t.id'), '=', 2)
        .execute();
      expect(rows).toEqual([{ first_name: 'Arnold' }]);
    }),
    passes('conditional selection', '$if(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .$if(true, (query) => query.select('age'))
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ id: 1, age: 30 }]);
    }),
    passes('distinct rows', 'distinct()', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('gender')
        .distinct()
        .orderBy('gender')
        .execute();
      expect(rows).toEqual([{ gender: 'female' }, { gender: 'male' }]);
    }),
    refuses('DISTINCT ON', "distinctOn('gender')", (db) =>
      db.selectFrom('person').selectAll().distinctOn('gender'),
    ),
    passes('limit and offset', 'limit(…).offset(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .orderBy('id')
        .limit(1)
        .offset(1)
        .execute();
      expect(rows).toEqual([{ id: 2 }]);
    }),
    passes('limit as a literal, and none', 'limit(eb.lit(1)), limit(null)', async ({ db }) => {
      const query = db.selectFrom('person').select('id').orderBy('id');
      expect(await query.limit((eb) => eb.lit(1)).execute()).toHaveLength(1);
      expect(await query.limit(null).execute()).toHaveLength(3);
    }),
    refuses('limit by a subquery', 'limit((eb) => eb.selectFrom(…))', (db) =>
      db
        .selectFrom('person')
        .select('id')
        .limit((eb) => eb.selectFrom('pet').select((pet) => pet.fn.countAll<number>().as('n'))),
    ),
    passes('FETCH NEXT … ROWS ONLY', 'offset(…).fetch(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .orderBy('id')
        .offset(1)
        .fetch(1)
        .execute();
      expect(rows).toEqual([{ id: 2 }]);
    }),
    refuses('FETCH … WITH TIES', "fetch(1, 'with ties')", (db) =>
      db.selectFrom('person').select('id').orderBy('age').fetch(1, 'with ties'),
    ),
    refuses('TOP', 'top(1)', (db) => db.selectFrom('person').select('id').top(1)),
    refuses('FOR UPDATE', 'forUpdate()', (db) => db.selectFrom('person').selectAll().forUpdate()),
    refuses('FOR UPDATE OF', "forUpdate('person')", (db) =>
      db.selectFrom('person').selectAll().forUpdate('person'),
    ),
    refuses('FOR SHARE', 'forShare()', (db) => db.selectFrom('person').selectAll().forShare()),
    refuses('FOR KEY SHARE', 'forKeyShare()', (db) =>
      db.selectFrom('person').selectAll().forKeyShare(),
    ),
    refuses('FOR NO KEY UPDATE', 'forNoKeyUpdate()', (db) =>
      db.selectFrom('person').selectAll().forNoKeyUpdate(),
    ),
    refuses('SKIP LOCKED', 'skipLocked()', (db) =>
      db.selectFrom('person').selectAll().skipLocked(),
    ),
    refuses('NOWAIT', 'noWait()', (db) => db.selectFrom('person').selectAll().noWait()),
    passes('raw text at the front', 'modifyFront(sql`all`)', async ({ db }) => {
      const query = db
        .selectFrom('person')
        .select('gender')
        .modifyFront(sql`all`);
      expect(await query.execute()).toHaveLength(3);
    }),
    passes('raw text at the end', 'modifyEnd(sql`…`)', async ({ db }) => {
      const query = db
        .selectFrom('person')
        .select('id')
        .orderBy('id')
        .modifyEnd(sql`limit 2`);
      expect(await query.execute()).toHaveLength(2);
    }),
    passes('cast', "eb.cast('age', 'text')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => eb.cast<string>('age', 'text').as('age'))
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ age: '30' }]);
    }),
    refuses('cast to a type that CrateDB lacks', "eb.cast('age', 'jsonb')", (db) =>
      db.selectFrom('person').select((eb) => eb.cast('age', 'jsonb').as('age')),
    ),
  ],
};
