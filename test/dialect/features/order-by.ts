import { sql } from 'kysely';
import { expect } from 'vitest';

import { differs, type FeatureGroup, passes, refuses } from './feature.js';

export const orderBy: FeatureGroup = {
  group: 'order-by',
  features: [
    passes('columns and directions', "orderBy('gender').orderBy('id', 'desc')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .orderBy('gender')
        .orderBy('id', 'desc')
        .execute();
      expect(rows.map(({ id }) => id)).toEqual([1, 3, 2]);
    }),
    passes('alias', "orderBy('name')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('first_name as name')
        .orderBy('name')
        .execute();
      expect(rows.map(({ name }) => name)).toEqual(['Arnold', 'Jennifer', 'Sylvester']);
    }),
    passes('expression', 'orderBy((eb) => …)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .orderBy((eb) => eb.fn.coalesce('age', eb.lit(0)), 'asc')
        .execute();
      expect(rows.map(({ id }) => id)).toEqual([3, 1, 2]);
    }),
    passes('nulls last by default, first where descending', "orderBy('age')", async ({ db }) => {
      const query = db.selectFrom('person').select('id');
      const ids = async (direction: 'asc' | 'desc') =>
        (await query.orderBy('age', direction).execute()).map(({ id }) => id);
      expect(await ids('asc')).toEqual([1, 2, 3]);
      expect(await ids('desc')).toEqual([3, 2, 1]);
    }),
    passes(
      'NULLS FIRST, NULLS LAST',
      "orderBy('age', (ob) => ob.asc().nullsFirst())",
      async ({ db }) => {
        const query = db.selectFrom('person').select('id');
        expect(await query.orderBy('age', (order) => order.asc().nullsFirst()).execute()).toEqual([
          { id: 3 },
          { id: 1 },
          { id: 2 },
        ]);
        expect(await query.orderBy('age', (order) => order.desc().nullsLast()).execute()).toEqual([
          { id: 2 },
          { id: 1 },
          { id: 3 },
        ]);
      },
    ),
    passes('raw expression and direction', 'orderBy(sql`…`)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .orderBy(sql`length(first_name) desc`)
        .execute();
      expect(rows.map(({ id }) => id)).toEqual([3, 1, 2]);
    }),
    refuses('COLLATE', "orderBy('first_name', (ob) => ob.collate('C'))", (db) =>
      db
        .selectFrom('person')
        .select('id')
        .orderBy('first_name', (order) => order.collate('C')),
    ),
    differs(
      'order of texts',
      "orderBy('name')",
      "By code points, as PostgreSQL's collation C: all upper case before all lower case.",
      async ({ db }) => {
        const names = sql<{ name: string }>`unnest(${sql.val(['b', 'A', 'a', 'B'])}::text[])`;
        const rows = await db
          .selectFrom(names.as<'n'>(sql`n(name)`))
          .select('n.name')
          .orderBy('n.name')
          .execute();
        expect(rows.map(({ name }) => name)).toEqual(['A', 'B', 'a', 'b']);
      },
    ),
  ],
};
