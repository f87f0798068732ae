import { type ComparisonOperatorExpression, sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureContext, type FeatureGroup, passes, refuses, spelled } from './feature.js';

/** Ids of the people that a query finds. */
function people({ db }: Pick<FeatureContext, 'db'>) {
  return db.selectFrom('person').select('id').orderBy('id');
}

async function ids(query: { execute(): Promise<{ id: number }[]> }): Promise<number[]> {
  return (await query.execute()).map(({ id }) => id);
}

const REFUSED_OPERATORS = [
  ...['~', '~*', '!~', '!~*', 'regexp', 'match', '^@', '@@', '@@@', '?', '?&', '?|'],
  ...['<=>', '<->', '!!'],
] as const;

const refusedOperator = (operator: ComparisonOperatorExpression & string) =>
  refuses(`operator ${operator}`, `where(column, '${operator}', text)`, (db) =>
    db.selectFrom('person').selectAll().where('first_name', operator, 'nn'),
  );

export const where: FeatureGroup = {
  group: 'where',
  features: [
    passes('comparisons', "where('age', '>=', 30)", async (context) => {
      expect(await ids(people(context).where('age', '>=', 30))).toEqual([1, 2]);
      expect(await ids(people(context).where('age', '<', 50))).toEqual([1]);
      expect(await ids(people(context).where('age', '!=', 30))).toEqual([2]);
      expect(await ids(people(context).where('age', '<>', 30))).toEqual([2]);
    }),
    spelled('other spellings of comparisons', "'==', '!<', '!>'", '=, >=, <=', async (context) => {
      expect(await ids(people(context).where('age', '==', 30))).toEqual([1]);
      expect(await ids(people(context).where('age', '!<', 30))).toEqual([1, 2]);
      expect(await ids(people(context).where('age', '!>', 30))).toEqual([1]);
    }),
    passes('nulls', "where('age', 'is', null)", async (context) => {
      expect(await ids(people(context).where('age', 'is', null))).toEqual([3]);
      expect(await ids(people(context).where('age', 'is not', null))).toEqual([1, 2]);
    }),
    passes('IS TRUE, IS NOT TRUE', "where(condition, 'is', true)", async (context) => {
      expect(await ids(people(context).where((eb) => eb(eb('age', '>', 30), 'is', true)))).toEqual([
        2,
      ]);
      expect(
        await ids(people(context).where((eb) => eb(eb('age', '>', 30), 'is not', true))),
      ).toEqual([1, 3]);
    }),
    passes('IS DISTINCT FROM', "where('age', 'is distinct from', 30)", async (context) => {
      expect(await ids(people(context).where('age', 'is distinct from', 30))).toEqual([2, 3]);
      expect(await ids(people(context).where('age', 'is not distinct from', 30))).toEqual([1]);
    }),
    passes('LIKE, ILIKE', "where('first_name', 'ilike', 'jen%')", async (context) => {
      expect(await ids(people(context).where('first_name', 'like', 'Jen%'))).toEqual([1]);
      expect(await ids(people(context).where('first_name', 'not like', 'Jen%'))).toEqual([2, 3]);
      expect(await ids(people(context).where('first_name', 'ilike', 'JEN%'))).toEqual([1]);
      expect(await ids(people(context).where('first_name', 'not ilike', 'JEN%'))).toEqual([2, 3]);
    }),
    passes('IN a list', "where('id', 'in', [1, 2])", async (context) => {
      expect(await ids(people(context).where('id', 'in', [1, 2]))).toEqual([1, 2]);
      expect(await ids(people(context).where('id', 'not in', [1, 2]))).toEqual([3]);
    }),
    refuses('IN an empty list', "where('id', 'in', [])", (db) =>
      db.selectFrom('person').selectAll().where('id', 'in', []),
    ),
    passes('IN a subquery', "where('id', 'in', (eb) => eb.selectFrom(…))", async (context) => {
      const owners = context.db.selectFrom('pet').select('owner_id');
      expect(await ids(people(context).where('id', 'in', owners))).toEqual([1, 2]);
    }),
    passes(
      'EXISTS, NOT EXISTS',
      'where(({ exists, selectFrom }) => exists(…))',
      async (context) => {
        const query = (not: boolean) =>
          people(context).where((eb) => {
            const pets = eb
              .selectFrom('pet')
              .select('pet.id')
              .whereRef('pet.owner_id', '=', 'person.id');
            return not ? eb.not(eb.exists(pets)) : eb.exists(pets);
          });
        expect(await ids(query(false))).toEqual([1, 2]);
        expect(await ids(query(true))).toEqual([3]);
      },
    ),
    passes('AND, OR, NOT, by object', 'eb.and({ … }), eb.or([…]), eb.not(…)', async (context) => {
      expect(
        await ids(
          people(context).where((eb) =>
            eb.or([eb.and({ first_name: 'Arnold', age: 50 }), eb.not(eb('id', '<', 3))]),
          ),
        ),
      ).toEqual([2, 3]);
    }),
    passes('BETWEEN', "eb.between('age', 20, 40)", async (context) => {
      expect(await ids(people(context).where((eb) => eb.between('age', 20, 40)))).toEqual([1]);
    }),
    spelled(
      'BETWEEN SYMMETRIC',
      "eb.betweenSymmetric('age', 40, 20)",
      '(x BETWEEN a AND b OR x BETWEEN b AND a)',
      async (context) => {
        expect(
          await ids(people(context).where((eb) => eb.betweenSymmetric('age', 40, 20))),
        ).toEqual([1]);
      },
    ),
    spelled(
      'row equals a row, or one of a list',
      "eb(eb.refTuple('id', 'age'), 'in', [eb.tuple(1, 30)])",
      '((a = 1 AND b = 2) OR …); whole keys are looked up without a REFRESH',
      async (context) => {
        const find = (operator: 'in' | 'not in') =>
          people(context).where((eb) =>
            eb(eb.refTuple('id', 'age'), operator, [eb.tuple(1, 30), eb.tuple(2, 51)]),
          );
        expect(await ids(find('in'))).toEqual([1]);
        // Null is neither in the list nor out of it, but 3 is neither 1 nor 2.
        expect(await ids(find('not in'))).toEqual([2, 3]);
        expect(
          await ids(
            people(context).where((eb) => eb(eb.refTuple('id', 'age'), '=', eb.tuple(1, 30))),
          ),
        ).toEqual([1]);
        expect(
          await ids(
            people(context).where((eb) =>
              eb(eb.refTuple('gender', 'age'), '!=', eb.tuple('male', 50)),
            ),
          ),
        ).toEqual([1]);
      },
    ),
    spelled(
      'row less or greater than a row (key-set pages)',
      "eb(eb.refTuple('age', 'id'), '>', eb.tuple(30, 1))",
      '(a > 30 OR (a = 30 AND b > 1))',
      async (context) => {
        const find = (operator: '<' | '<=' | '>' | '>=') =>
          ids(
            people(context).where((eb) => eb(eb.refTuple('age', 'id'), operator, eb.tuple(30, 1))),
          );
        expect(await find('>')).toEqual([2]);
        expect(await find('>=')).toEqual([1, 2]);
        expect(await find('<')).toEqual([]);
        expect(await find('<=')).toEqual([1]);
      },
    ),
    refuses('row IN a subquery', "eb(eb.refTuple('id', 'age'), 'in', query)", (db) =>
      db
        .selectFrom('person')
        .selectAll()
        .where((eb) =>
          eb(
            eb.refTuple('id', 'age'),
            'in',
            eb.selectFrom('pet').select(['owner_id', 'pet.id']).$asTuple('owner_id', 'id'),
          ),
        ),
    ),
    refuses('row outside of a comparison', "select(eb.tuple('a', 'b'))", (db) =>
      db.selectFrom('person').select((eb) => eb.tuple(1, 2).as('row')),
    ),
    passes('column with column', "whereRef('first_name', '<', 'last_name')", async (context) => {
      expect(await ids(people(context).whereRef('first_name', '<', 'last_name'))).toEqual([2]);
    }),
    passes(
      'subquery compared with a value',
      'where((eb) => eb.selectFrom(…), …)',
      async (context) => {
        expect(
          await ids(
            people(context).where(
              (eb) =>
                eb
                  .selectFrom('pet')
                  .select((pet) => pet.fn.countAll<number>().as('n'))
                  .whereRef('pet.owner_id', '=', 'person.id'),
              '>',
              1,
            ),
          ),
        ).toEqual([1]);
      },
    ),
    passes('raw condition and raw operator', 'where(sql`…`), sql`like`', async (context) => {
      expect(await ids(people(context).where(sql<boolean>`age > ${40}`))).toEqual([2]);
      expect(await ids(people(context).where('first_name', sql`like`, 'A%'))).toEqual([2]);
    }),
    passes('= ANY of a parameter', 'eb.fn.any(eb.val([…]))', async (context) => {
      expect(
        await ids(people(context).where((eb) => eb('id', '=', eb.fn.any(eb.val([1, 3]))))),
      ).toEqual([1, 3]);
    }),
    ...REFUSED_OPERATORS.map(refusedOperator),
  ],
};
