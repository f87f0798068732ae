import { sql } from 'kysely';
import { expect } from 'vitest';

import { fails, type FeatureGroup, passes } from './feature.js';

export const groupBy: FeatureGroup = {
  group: 'group-by',
  features: [
    passes('one column', "groupBy('gender')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => ['gender', eb.fn.countAll<string>().as('n')])
        .groupBy('gender')
        .orderBy('gender')
        .execute();
      expect(rows.map(({ gender, n }) => [gender, Number(n)])).toEqual([
        ['female', 1],
        ['male', 2],
      ]);
    }),
    passes(
      'several columns, with a join',
      "groupBy(['person.id', 'first_name'])",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .leftJoin('pet', 'pet.owner_id', 'person.id')
          .select((eb) => ['first_name', eb.fn.count<string>('pet.id').as('pets')])
          .groupBy(['person.id', 'first_name'])
          .orderBy('first_name')
          .execute();
        expect(rows.map(({ pets }) => Number(pets))).toEqual([1, 2, 0]);
      },
    ),
    fails(
      'grouped, and ordered by what is not selected',
      "groupBy('gender').select(count).orderBy('gender')",
      'Select what it is ordered by.',
      async ({ db }) => {
        await db
          .selectFrom('person')
          .select((eb) => eb.fn.countAll<string>().as('n'))
          .groupBy('gender')
          .orderBy('gender')
          .execute();
      },
    ),
    fails(
      'grouped by the key, with other columns of its table',
      "groupBy('person.id').select('first_name')",
      'Group by all columns that are selected; PostgreSQL infers those that the key determines.',
      async ({ db }) => {
        await db.selectFrom('person').select('first_name').groupBy('person.id').execute();
      },
    ),
    passes('alias of a selection', "groupBy('initial')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => [eb.fn<string>('left', ['first_name', eb.lit(1)]).as('initial')])
        .groupBy('initial')
        .orderBy('initial')
        .execute();
      expect(rows.map(({ initial }) => initial)).toEqual(['A', 'J', 'S']);
    }),
    passes('expression', 'groupBy(sql`age > 40`)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select(sql<boolean>`age > 40`.as('old'))
        .groupBy(sql`age > 40`)
        .execute();
      expect(rows).toHaveLength(3);
    }),
  ],
};

export const having: FeatureGroup = {
  group: 'having',
  features: [
    passes('aggregate', "having((eb) => eb.fn.count('id'), '>', 1)", async ({ db }) => {
      const rows = await db
        .selectFrom('pet')
        .select('owner_id')
        .groupBy('owner_id')
        .having((eb) => eb.fn.count('id'), '>', 1)
        .execute();
      expect(rows).toEqual([{ owner_id: 1 }]);
    }),
    passes('columns', "havingRef('a', '<', 'b')", async ({ db }) => {
      const rows = await db
        .selectFrom('pet')
        .select(['id', 'owner_id'])
        .groupBy(['id', 'owner_id'])
        .havingRef('owner_id', '<', 'id')
        .orderBy('id')
        .execute();
      expect(rows.map(({ id }) => id)).toEqual([2, 3]);
    }),
    passes('without GROUP BY', 'having(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('pet')
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .having((eb) => eb.fn.countAll(), '>', 10)
        .execute();
      expect(rows).toEqual([]);
    }),
  ],
};
