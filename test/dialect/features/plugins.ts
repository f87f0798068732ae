import {
  CamelCasePlugin,
  DeduplicateJoinsPlugin,
  HandleEmptyInListsPlugin,
  type Kysely,
  ParseJSONResultsPlugin,
  pushValueIntoList,
  replaceWithNoncontingentExpression,
  SafeNullComparisonPlugin,
} from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes, writes } from './feature.js';

interface CamelPerson {
  person: { id: number; firstName: string; lastName: string | null; address: unknown };
  toy: { id: number; name: string; petId: number; price: number };
}

export const plugins: FeatureGroup = {
  group: 'plugins',
  features: [
    writes('camelCase names', 'CamelCasePlugin', async ({ open }) => {
      const db = open([new CamelCasePlugin()]) as unknown as Kysely<CamelPerson>;
      const rows = await db
        .selectFrom('person as p')
        .select(['p.firstName', 'lastName'])
        .where('p.id', '=', 1)
        .execute();
      expect(rows).toEqual([{ firstName: 'Jennifer', lastName: 'Aniston' }]);
      const toy = await db
        .insertInto('toy')
        .values({ id: 1, name: 'x', petId: 3, price: 1 })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({ petId: eb.ref('excluded.petId') })),
        )
        .returning(['id', 'petId'])
        .execute();
      expect(toy).toEqual([{ id: 1, petId: 3 }]);
    }),
    passes('joins written once', 'DeduplicateJoinsPlugin', async ({ open }) => {
      const db = open([new DeduplicateJoinsPlugin()]);
      const query = db
        .selectFrom('person')
        .innerJoin('pet', 'pet.owner_id', 'person.id')
        .innerJoin('pet', 'pet.owner_id', 'person.id')
        .select('pet.name');
      expect(query.compile().sql.match(/join/g)).toHaveLength(1);
      expect(await query.execute()).toHaveLength(3);
    }),
    passes('empty lists', 'HandleEmptyInListsPlugin', async ({ open }) => {
      const none = open([
        new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression }),
      ]);
      expect(await none.selectFrom('person').select('id').where('id', 'in', []).execute()).toEqual(
        [],
      );
      expect(
        await none.selectFrom('person').select('id').where('id', 'not in', []).execute(),
      ).toHaveLength(3);
      const pushed = open([
        new HandleEmptyInListsPlugin({ strategy: pushValueIntoList('__kysely_no_values__') }),
      ]);
      expect(
        await pushed.selectFrom('person').select('id').where('first_name', 'in', []).execute(),
      ).toEqual([]);
    }),
    passes('comparisons with null', 'SafeNullComparisonPlugin', async ({ open }) => {
      const db = open([new SafeNullComparisonPlugin()]);
      const query = db.selectFrom('person').select('id');
      expect(await query.where('age', '=', null).execute()).toEqual([{ id: 3 }]);
      expect(await query.where('age', '!=', null).execute()).toHaveLength(2);
    }),
    passes('JSON results', 'ParseJSONResultsPlugin', async ({ open }) => {
      const db = open([new ParseJSONResultsPlugin()]);
      const rows = await db
        .selectFrom('person')
        .select((eb) => eb.cast<{ city: string }>('address', 'text').as('address'))
        .where('id', '=', 1)
        .execute();
      expect(rows[0]?.address.city).toBe('Oslo');
    }),
  ],
};

export const withSchema: FeatureGroup = {
  group: 'with-schema',
  features: [
    passes('tables of another schema', "db.withSchema('other').selectFrom(…)", async (context) => {
      const other = (context.db as unknown as Kysely<PlaceDB>).withSchema(context.otherSchema);
      await other.insertInto('place').values({ id: 1, name: 'x' }).execute();
      await other.updateTable('place').set({ name: 'y' }).where('place.id', '=', 1).execute();
      const rows = await other
        .selectFrom('place as p')
        .innerJoin('place', 'place.id', 'p.id')
        .select(['p.id', 'place.name'])
        .execute();
      expect(rows).toEqual([{ id: 1, name: 'y' }]);
      await other.deleteFrom('place').where('place.id', '=', 1).execute();
      expect(await other.selectFrom('place').selectAll().execute()).toEqual([]);
    }),
    passes('names of CTEs stay as they are', "db.withSchema('other').with(…)", async (context) => {
      const other = (context.db as unknown as Kysely<PlaceDB>).withSchema(context.otherSchema);
      const query = other
        .with('p', (cte) => cte.selectFrom('place').select('place.id'))
        .selectFrom('p')
        .select('p.id');
      expect(await query.execute()).toEqual([]);
    }),
    passes(
      'schema in the name of the table',
      "selectFrom('schema.table')",
      async ({ db, schema }) => {
        const rows = await db
          .selectFrom(`${schema}.person` as 'person')
          .select('person.id')
          .where('person.id', '=', 1)
          .execute();
        expect(rows).toEqual([{ id: 1 }]);
      },
    ),
    passes(
      'views of another schema',
      "db.schema.withSchema('other').createView(…)",
      async (context) => {
        const db = context.db as unknown as Kysely<PlaceDB>;
        const other = db.schema.withSchema(context.otherSchema);
        // Kysely's plugin puts the query of the view into that schema as well.
        await other.createView('v').orReplace().as(db.selectFrom('place').select('id')).execute();
        await other.dropView('v').execute();
      },
    ),
  ],
};

interface PlaceDB {
  place: { id: number; name: string };
}
