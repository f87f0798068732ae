import { expect } from 'vitest';

import { type FeatureContext, type FeatureGroup, passes, refuses, spelled } from './feature.js';

const people = ({ db }: FeatureContext) => db.selectFrom('person');

export const aggregateFunction: FeatureGroup = {
  group: 'aggregate-function',
  features: [
    passes('avg, count, countAll, max, min, sum', "fn.max('age')", async (context) => {
      const row = await people(context)
        .select((eb) => [
          eb.fn.avg<string>('age').as('avg'),
          eb.fn.count<string>('age').as('count'),
          eb.fn.countAll<string>().as('all'),
          eb.fn.max('age').as('max'),
          eb.fn.min('age').as('min'),
          eb.fn.sum<string>('age').as('sum'),
        ])
        .executeTakeFirstOrThrow();
      expect(
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value)])),
      ).toEqual({ avg: 40, count: 2, all: 3, max: 50, min: 30, sum: 80 });
    }),
    passes(
      'count(distinct …), avg(distinct …)',
      "fn.count('gender').distinct()",
      async (context) => {
        const row = await people(context)
          .select((eb) => [
            eb.fn.count<string>('gender').distinct().as('genders'),
            eb.fn.avg<string>('age').distinct().as('avg'),
          ])
          .executeTakeFirstOrThrow();
        expect([Number(row.genders), Number(row.avg)]).toEqual([2, 40]);
      },
    ),
    spelled(
      'min(distinct …), max(distinct …)',
      "fn.max('age').distinct()",
      'without DISTINCT',
      async (context) => {
        const row = await people(context)
          .select((eb) => [
            eb.fn.max('age').distinct().as('max'),
            eb.fn.min('age').distinct().as('min'),
          ])
          .executeTakeFirstOrThrow();
        expect(row).toEqual({ max: 50, min: 30 });
      },
    ),
    refuses('sum(distinct …)', "fn.sum('age').distinct()", (db) =>
      db.selectFrom('person').select((eb) => eb.fn.sum('age').distinct().as('sum')),
    ),
    refuses('array_agg(distinct …)', "fn.agg('array_agg', ['age']).distinct()", (db) =>
      db.selectFrom('person').select((eb) => eb.fn.agg('array_agg', ['age']).distinct().as('ages')),
    ),
    refuses('count(distinct a, b)', "fn.agg('count', ['a', 'b']).distinct()", (db) =>
      db.selectFrom('person').select((eb) => eb.fn.agg('count', ['age', 'id']).distinct().as('n')),
    ),
    passes('FILTER (WHERE …)', "fn.countAll().filterWhere('age', '>', 40)", async (context) => {
      const row = await people(context)
        .select((eb) => [
          eb.fn.countAll<string>().filterWhere('age', '>', 40).as('old'),
          eb.fn
            .count<string>('id')
            .filterWhere((or) => or.or([or('id', '=', 1), or('id', '=', 2)]))
            .as('two'),
        ])
        .executeTakeFirstOrThrow();
      expect([Number(row.old), Number(row.two)]).toEqual([1, 2]);
    }),
    passes(
      'OVER (PARTITION BY … ORDER BY …)',
      "over((ob) => ob.partitionBy('gender').orderBy('id'))",
      async (context) => {
        const rows = await people(context)
          .select((eb) => [
            'id',
            eb.fn
              .agg<string>('row_number')
              .over((over) => over.partitionBy('gender').orderBy('id', 'desc'))
              .as('nr'),
            eb.fn.sum<string>('age').over().as('sum'),
          ])
          .orderBy('id')
          .execute();
        expect(rows.map(({ nr, sum }) => [Number(nr), Number(sum)])).toEqual([
          [1, 80],
          [2, 80],
          [1, 80],
        ]);
      },
    ),
    passes('FILTER and OVER', 'filterWhere(…).over()', async (context) => {
      const rows = await people(context)
        .select((eb) => eb.fn.countAll<string>().filterWhere('age', '>', 40).over().as('old'))
        .execute();
      expect(rows.map(({ old }) => Number(old))).toEqual([1, 1, 1]);
    }),
    refuses('DISTINCT and OVER', "fn.count('age').distinct().over()", (db) =>
      db.selectFrom('person').select((eb) => eb.fn.count('age').distinct().over().as('n')),
    ),
    passes('any function by name', "fn.agg('string_agg', ['name', …])", async ({ db }) => {
      const rows = await db
        .selectFrom('pet')
        .select((eb) => eb.fn.agg<string>('string_agg', ['name', eb.val(',')]).as('names'))
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ names: 'Catto' }]);
    }),
    refuses('ORDER BY in an aggregate', "fn.agg('array_agg', ['id']).orderBy('id')", (db) =>
      db
        .selectFrom('person')
        .select((eb) => eb.fn.agg('array_agg', ['id']).orderBy('id').as('ids')),
    ),
    refuses('WITHIN GROUP', "fn.agg('percentile_cont', …).withinGroupOrderBy('age')", (db) =>
      db.selectFrom('person').select((eb) =>
        eb.fn
          .agg('percentile_cont', [eb.lit(0.5)])
          .withinGroupOrderBy('age')
          .as('median'),
      ),
    ),
  ],
};
