import { sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes, refuses } from './feature.js';

export const join: FeatureGroup = {
  group: 'join',
  features: [
    passes('inner join', "innerJoin('pet', 'pet.owner_id', 'person.id')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .innerJoin('pet', 'pet.owner_id', 'person.id')
        .select(['first_name', 'pet.name'])
        .orderBy('pet.id')
        .execute();
      expect(rows.map(({ name }) => name)).toEqual(['Catto', 'Doggo', 'Hammo']);
    }),
    passes('join of a subquery', 'innerJoin((eb) => eb.selectFrom(…).as(…), …)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .innerJoin(
          (eb) => eb.selectFrom('pet').select(['owner_id', 'name']).as('own'),
          (clause) => clause.onRef('own.owner_id', '=', 'person.id'),
        )
        .select('own.name')
        .where('person.id', '=', 2)
        .execute();
      expect(rows).toEqual([{ name: 'Hammo' }]);
    }),
    passes('join of several tables', 'innerJoin(…).innerJoin(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .innerJoin('pet', 'pet.owner_id', 'person.id')
        .innerJoin('toy as t', 't.pet_id', 'pet.id')
        .select(['first_name', 't.name as toy'])
        .execute();
      expect(rows).toEqual([{ first_name: 'Jennifer', toy: 'Ball' }]);
    }),
    passes(
      'several conditions',
      'innerJoin(table, (join) => join.onRef(…).on(…))',
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .innerJoin('pet', (clause) =>
            clause
              .onRef('pet.owner_id', '=', 'person.id')
              .on((eb) => eb.or([eb('pet.species', '=', 'cat'), eb('pet.id', '=', 3)])),
          )
          .select('pet.name')
          .orderBy('pet.id')
          .execute();
        expect(rows).toEqual([{ name: 'Catto' }, { name: 'Hammo' }]);
      },
    ),
    passes('left join', 'leftJoin(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .leftJoin('pet', 'pet.owner_id', 'person.id')
        .select('pet.name')
        .where('person.id', '=', 3)
        .execute();
      expect(rows).toEqual([{ name: null }]);
    }),
    passes('left join ON TRUE', 'leftJoin(table, (join) => join.onTrue())', async ({ db }) => {
      const query = db
        .selectFrom('toy')
        .leftJoin('pet', (clause) => clause.onTrue())
        .select('pet.id');
      expect(await query.execute()).toHaveLength(3);
    }),
    passes('right join', 'rightJoin(…)', async ({ db }) => {
      const query = db
        .selectFrom('toy')
        .rightJoin('pet', 'pet.id', 'toy.pet_id')
        .select(['toy.name as toy', 'pet.name'])
        .orderBy('pet.id');
      expect((await query.execute()).map(({ toy }) => toy)).toEqual([null, 'Ball', null]);
    }),
    passes('full join', 'fullJoin(…)', async ({ db }) => {
      const query = db
        .selectFrom('person')
        .fullJoin('toy', 'toy.pet_id', 'person.id')
        .select(['person.id', 'toy.name']);
      expect(await query.execute()).toHaveLength(3);
    }),
    passes('cross join', 'crossJoin(…)', async ({ db }) => {
      const query = db.selectFrom('person').crossJoin('pet').select('pet.id');
      expect(await query.execute()).toHaveLength(9);
    }),
    refuses('lateral inner join', 'innerJoinLateral(…)', (db) =>
      db
        .selectFrom('person')
        .innerJoinLateral(
          (eb) =>
            eb
              .selectFrom('pet')
              .select('name')
              .whereRef('pet.owner_id', '=', 'person.id')
              .as('own'),
          (clause) => clause.onTrue(),
        )
        .selectAll(),
    ),
    refuses('lateral left join', 'leftJoinLateral(…)', (db) =>
      db
        .selectFrom('person')
        .leftJoinLateral(
          (eb) => eb.selectFrom('pet').select('name').as('own'),
          (clause) => clause.onTrue(),
        )
        .selectAll(),
    ),
    refuses('lateral cross join', 'crossJoinLateral(…)', (db) =>
      db
        .selectFrom('person')
        .crossJoinLateral((eb) => eb.selectFrom('pet').select('name').as('own'))
        .selectAll(),
    ),
    refuses('CROSS APPLY', 'crossApply(…)', (db) =>
      db
        .selectFrom('person')
        .crossApply((eb) => eb.selectFrom('pet').select('name').as('own'))
        .selectAll(),
    ),
    refuses('OUTER APPLY', 'outerApply(…)', (db) =>
      db
        .selectFrom('person')
        .outerApply((eb) => eb.selectFrom('pet').select('name').as('own'))
        .selectAll(),
    ),
    passes('join of a table function', 'innerJoin(sql`unnest(…)`.as(…), …)', async ({ db }) => {
      const wanted = sql<{ id: number }>`unnest(${sql.val([1, 3])}::integer[])`;
      const rows = await db
        .selectFrom('person')
        .innerJoin(wanted.as<'wanted'>(sql`wanted(id)`), 'wanted.id', 'person.id')
        .select('person.id')
        .orderBy('person.id')
        .execute();
      expect(rows).toEqual([{ id: 1 }, { id: 3 }]);
    }),
  ],
};
