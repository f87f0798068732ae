import { expect } from 'vitest';

import { type FeatureGroup, passes, refuses, spelled } from './feature.js';

export const setOperation: FeatureGroup = {
  group: 'set-operation',
  features: [
    passes('UNION', 'union(query)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .union(db.selectFrom('pet').select('owner_id as id'))
        .orderBy('id')
        .execute();
      expect(rows.map(({ id }) => id)).toEqual([1, 2, 3]);
    }),
    passes('UNION ALL of several', 'unionAll([query, query])', async ({ db }) => {
      const pets = db.selectFrom('pet').select('owner_id as id');
      const query = db.selectFrom('person').select('id').unionAll([pets, pets]);
      expect(await query.execute()).toHaveLength(9);
    }),
    passes('UNION and UNION ALL, from left to right', 'union(…).unionAll(…)', async ({ db }) => {
      const pets = db.selectFrom('pet').select('owner_id as id');
      const query = db.selectFrom('person').select('id').union(pets).unionAll(pets);
      expect(await query.execute()).toHaveLength(6);
    }),
    spelled(
      'operand with its own order and limit',
      'unionAll((eb) => eb.parens(query.limit(1)))',
      'select * from (…) as "operand"',
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select('id')
          .where('id', '=', 3)
          .unionAll((eb) =>
            eb.parens(
              eb.selectFrom('pet').select('owner_id as id').orderBy('pet.id', 'desc').limit(1),
            ),
          )
          .orderBy('id')
          .execute();
        expect(rows.map(({ id }) => id)).toEqual([2, 3]);
      },
    ),
    refuses('INTERSECT', 'intersect(query)', (db) =>
      db.selectFrom('person').select('id').intersect(db.selectFrom('pet').select('owner_id as id')),
    ),
    refuses('INTERSECT ALL', 'intersectAll(query)', (db) =>
      db
        .selectFrom('person')
        .select('id')
        .intersectAll(db.selectFrom('pet').select('owner_id as id')),
    ),
    refuses('EXCEPT', 'except(query)', (db) =>
      db.selectFrom('person').select('id').except(db.selectFrom('pet').select('owner_id as id')),
    ),
    refuses('EXCEPT ALL', 'exceptAll(query)', (db) =>
      db.selectFrom('person').select('id').exceptAll(db.selectFrom('pet').select('owner_id as id')),
    ),
  ],
};
