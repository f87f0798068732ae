import { expect } from 'vitest';

import { type FeatureGroup, passes, refuses, spelled } from './feature.js';

export const withClause: FeatureGroup = {
  group: 'with',
  features: [
    passes('CTEs that build on one another', 'with(…).with(…)', async ({ db }) => {
      const rows = await db
        .with('men', (cte) => cte.selectFrom('person').select('id').where('gender', '=', 'male'))
        .with('owners', (cte) =>
          cte.selectFrom('pet').innerJoin('men', 'men.id', 'pet.owner_id').select('men.id'),
        )
        .selectFrom('owners')
        .selectAll()
        .execute();
      expect(rows).toEqual([{ id: 2 }]);
    }),
    passes('CTE named like the table in it', "with('pet', …)", async ({ db }) => {
      const rows = await db
        .with('pet', (cte) => cte.selectFrom('pet').select('name').where('id', '=', 1))
        .selectFrom('pet')
        .select('pet.name')
        .execute();
      expect(rows).toEqual([{ name: 'Catto' }]);
    }),
    passes('names of columns', "with('p(nr)', …)", async ({ db }) => {
      const rows = await db
        .with('p(nr)', (cte) => cte.selectFrom('pet').select('id as nr').where('id', '=', 1))
        .selectFrom('p')
        .select('p.nr')
        .execute();
      expect(rows).toEqual([{ nr: 1 }]);
    }),
    spelled(
      'NOT MATERIALIZED',
      "with((cte) => cte('p').notMaterialized(), …)",
      'left out: it is what CrateDB does',
      async ({ db }) => {
        const query = db
          .with(
            (cte) => cte('p').notMaterialized(),
            (qc) => qc.selectFrom('pet').select('id'),
          )
          .selectFrom('p')
          .selectAll();
        expect(await query.execute()).toHaveLength(3);
      },
    ),
    refuses('MATERIALIZED', "with((cte) => cte('p').materialized(), …)", (db) =>
      db
        .with(
          (cte) => cte('p').materialized(),
          (qc) => qc.selectFrom('pet').select('id'),
        )
        .selectFrom('p')
        .selectAll(),
    ),
    refuses('recursive CTE', 'withRecursive(…)', (db) =>
      db
        .withRecursive('p(id)', (qc) =>
          qc.selectFrom('pet').select('id').unionAll(qc.selectFrom('p').select('p.id')),
        )
        .selectFrom('p')
        .selectAll(),
    ),
    {
      ...spelled(
        'CTE before INSERT',
        'with(…).insertInto(…).expression(…)',
        'insert into … with … select',
        async ({ db }) => {
          await db
            .with('cats', (cte) =>
              cte.selectFrom('pet').select(['id', 'name']).where('species', '=', 'cat'),
            )
            .insertInto('toy')
            .columns(['id', 'name', 'pet_id', 'price'])
            .expression((eb) =>
              eb
                .selectFrom('cats')
                .select((cat) => [
                  cat.lit(9).as('id'),
                  'cats.name',
                  'cats.id as pet_id',
                  cat.lit(1).as('price'),
                ]),
            )
            .execute();
          const rows = await db.selectFrom('toy').selectAll().where('id', '=', 9).execute();
          expect(rows).toEqual([{ id: 9, name: 'Catto', pet_id: 1, price: 1 }]);
        },
      ),
      writes: true,
    },
    refuses('CTE before INSERT … VALUES', 'with(…).insertInto(…).values(…)', (db) =>
      db
        .with('p', (cte) => cte.selectFrom('pet').select('id'))
        .insertInto('toy')
        .values((eb) => ({
          id: eb.selectFrom('p').select('p.id').limit(1),
          name: 'x',
          pet_id: 1,
          price: 1,
        })),
    ),
    refuses('CTE before UPDATE', 'with(…).updateTable(…)', (db) =>
      db
        .with('p', (cte) => cte.selectFrom('pet').select('owner_id'))
        .updateTable('person')
        .set({ age: 1 })
        .where('id', 'in', (eb) => eb.selectFrom('p').select('p.owner_id')),
    ),
    refuses('CTE before DELETE', 'with(…).deleteFrom(…)', (db) =>
      db
        .with('p', (cte) => cte.selectFrom('pet').select('owner_id'))
        .deleteFrom('person')
        .where('id', 'in', (eb) => eb.selectFrom('p').select('p.owner_id')),
    ),
    refuses('INSERT in a CTE', "with('new', (cte) => cte.insertInto(…).returning(…))", (db) =>
      db
        .with('new', (cte) =>
          cte.insertInto('toy').values({ id: 5, name: 'x', pet_id: 1, price: 1 }).returning('id'),
        )
        .selectFrom('new')
        .selectAll(),
    ),
    refuses('UPDATE in a CTE', "with('new', (cte) => cte.updateTable(…).returning(…))", (db) =>
      db
        .with('new', (cte) => cte.updateTable('toy').set({ price: 1 }).returning('id'))
        .selectFrom('new')
        .selectAll(),
    ),
    refuses('DELETE in a CTE', "with('old', (cte) => cte.deleteFrom(…).returning(…))", (db) =>
      db
        .with('old', (cte) => cte.deleteFrom('toy').returning('id'))
        .selectFrom('old')
        .selectAll(),
    ),
  ],
};
