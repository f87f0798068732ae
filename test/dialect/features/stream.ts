import { sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes, refusesToRun } from './feature.js';

export const stream: FeatureGroup = {
  group: 'stream',
  features: [
    passes('rows as they come', 'stream()', async ({ db }) => {
      const ids: unknown[] = [];
      for await (const row of db.selectFrom('person').select('id').orderBy('id').stream()) {
        ids.push(row.id);
      }
      const all = await db.selectFrom('person').select('id').orderBy('id').execute();
      expect(ids).toEqual(all.map(({ id }) => id));
      expect(ids).not.toEqual([]);
    }),
    passes('rows in portions', 'stream(chunkSize)', async ({ db }) => {
      const numbers = db
        .selectFrom(sql<{ n: number }>`generate_series(1, 5000)`.as<'s'>(sql`s(n)`))
        .select('s.n');
      let sum = 0;
      for await (const { n } of numbers.stream(100)) sum += n;
      expect(sum).toBe(12_502_500);
    }),
    passes('leaving before the end', 'for await … break', async ({ db }) => {
      const numbers = db
        .selectFrom(sql<{ n: number }>`generate_series(1, 1000000)`.as<'s'>(sql`s(n)`))
        .select('s.n');
      for await (const { n } of numbers.stream(10)) if (n === 25) break;
      expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    }),
    refusesToRun('rows of RETURNING', "insertInto('person').….returning('id').stream()", async ({ db }) => {
      const insert = db.insertInto('person').values({ id: 9999, first_name: 'x' }).returning('id');
      for await (const row of insert.stream()) expect(row).toBeDefined();
    }),
  ],
};
