import { sql } from 'kysely';
import { jsonArrayFrom, jsonBuildObject, jsonObjectFrom } from 'kysely/helpers/postgres';
import { expect } from 'vitest';

import { differs, type FeatureGroup, passes, refuses, spelled } from './feature.js';

const number = (value: number) => sql.lit<number>(value);

export const caseExpression: FeatureGroup = {
  group: 'case',
  features: [
    passes(
      'CASE WHEN … THEN … ELSE … END',
      'eb.case().when(…).then(…).else(…).end()',
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select((eb) =>
            eb
              .case()
              .when('age', '>', 40)
              .then('old')
              .when(eb('age', 'is', null))
              .then(eb.ref('first_name'))
              .else('young')
              .end()
              .as('is'),
          )
          .orderBy('id')
          .execute();
        expect(rows.map(({ is }) => is)).toEqual(['young', 'old', 'Sylvester']);
      },
    ),
    passes('CASE value WHEN …', "eb.case('gender').when('male').then(1).end()", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => eb.case('gender').when('male').then(1).end().as('n'))
        .orderBy('id')
        .execute();
      expect(rows.map(({ n }) => n)).toEqual([null, 1, 1]);
    }),
    passes('references', 'whenRef(…).thenRef(…).elseRef(…)', async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) =>
          eb
            .case()
            .whenRef('first_name', '<', 'last_name')
            .thenRef('last_name')
            .elseRef('first_name')
            .end()
            .as('name'),
        )
        .orderBy('id')
        .execute();
      expect(rows.map(({ name }) => name)).toEqual(['Jennifer', 'Schwarzenegger', 'Sylvester']);
    }),
    refuses('END CASE', 'endCase()', (db) =>
      db
        .selectFrom('person')
        .select((eb) => eb.case().when('age', '>', 1).then(1).endCase().as('n')),
    ),
  ],
};

export const coalesce: FeatureGroup = {
  group: 'coalesce',
  features: [
    passes('COALESCE', "fn.coalesce('last_name', 'first_name')", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => eb.fn.coalesce('last_name', 'first_name').as('name'))
        .where('id', '=', 3)
        .execute();
      expect(rows).toEqual([{ name: 'Sylvester' }]);
    }),
  ],
};

export const expressions: FeatureGroup = {
  group: 'expression',
  features: [
    passes('arithmetic', "eb('age', '*', 2)", async ({ db }) => {
      const rows = await db
        .selectNoFrom((eb) => [
          eb(number(7), '%', number(4)).as('rest'),
          eb(number(2), '^', number(3)).as('power'),
          eb(number(6), '&', number(3)).as('and'),
          eb(number(6), '|', number(1)).as('or'),
          eb(number(5), '#', number(1)).as('xor'),
          eb.neg(number(4)).as('negative'),
        ])
        .execute();
      expect(rows).toEqual([{ rest: 3, power: 8, and: 2, or: 7, xor: 4, negative: -4 }]);
    }),
    passes('concatenation', "eb('first_name', '||', …)", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => eb('first_name', '||', eb.cast<string>(eb.val('!'), 'text')).as('name'))
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ name: 'Jennifer!' }]);
    }),
    passes('functions by name', "eb.fn('upper', ['first_name'])", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select((eb) => eb.fn<string>('upper', ['first_name']).as('name'))
        .where('id', '=', 1)
        .execute();
      expect(rows).toEqual([{ name: 'JENNIFER' }]);
    }),
    refuses('shift to the right', "eb(a, '>>', b)", (db) =>
      db.selectNoFrom((eb) => eb(number(8), '>>', number(1)).as('n')),
    ),
    differs(
      'division of floating-point numbers by zero',
      "eb(1.5, '/', 0)",
      'Gives Infinity or NaN; PostgreSQL raises an error.',
      async ({ db }) => {
        const rows = await db
          .selectNoFrom((eb) =>
            eb(
              eb.cast<number>(eb.val(1.5), 'double precision'),
              '/',
              eb.cast<number>(eb.val(0), 'double precision'),
            ).as('n'),
          )
          .execute();
        expect(rows).toEqual([{ n: Infinity }]);
      },
    ),
    differs(
      'cast of a fraction to an integer',
      "eb.cast(2.5, 'integer')",
      'Cuts the fraction off; PostgreSQL rounds. Use fn("round", …).',
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select((eb) =>
            eb.cast<number>(eb.ref('address', '->').key('geo').key('lat'), 'integer').as('n'),
          )
          .where('id', '=', 1)
          .execute();
        expect(rows).toEqual([{ n: 59 }]);
      },
    ),
  ],
};

export const array: FeatureGroup = {
  group: 'array',
  features: [
    passes('array columns', 'select(array)', async ({ db }) => {
      const rows = await db.selectFrom('person').select('nicknames').orderBy('id').execute();
      expect(rows.map(({ nicknames }) => nicknames)).toEqual([['Jen', 'Jenny'], [], null]);
    }),
    passes(
      'value = ANY(column)',
      "eb(eb.val('Jen'), '=', eb.fn.any('nicknames'))",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select('id')
          .where((eb) => eb(eb.val('Jen'), '=', eb.fn.any('nicknames')))
          .execute();
        expect(rows).toEqual([{ id: 1 }]);
      },
    ),
    passes('arrays that overlap', "where('nicknames', '&&', …)", async ({ db }) => {
      const rows = await db
        .selectFrom('person')
        .select('id')
        .where('nicknames', '&&', sql<string[]>`${sql.val(['Jen', 'x'])}::text[]`)
        .execute();
      expect(rows).toEqual([{ id: 1 }]);
    }),
    refuses('array contains an array', "where('nicknames', '@>', …)", (db) =>
      db
        .selectFrom('person')
        .select('id')
        .where('nicknames', '@>', sql.val(['Jen'])),
    ),
    refuses('array is contained in an array', "where('nicknames', '<@', …)", (db) =>
      db
        .selectFrom('person')
        .select('id')
        .where('nicknames', '<@', sql.val(['Jen'])),
    ),
  ],
};

export const json: FeatureGroup = {
  group: 'json',
  features: [
    spelled(
      'member of an object',
      "eb.ref('address', '->').key('city')",
      "address['city']",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select((eb) => [
            eb.ref('address', '->').key('city').as('city'),
            eb.ref('address', '->').key('geo').key('lat').as('lat'),
          ])
          .orderBy('id')
          .execute();
        expect(rows).toEqual([
          { city: 'Oslo', lat: 59.5 },
          { city: 'Graz', lat: 47 },
          { city: null, lat: null },
        ]);
      },
    ),
    spelled(
      'item of an array',
      "eb.ref('address', '->').key('lines').at(0)",
      "address['lines'][1]",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select((eb) => eb.ref('address', '->').key('lines').at(0).as('line'))
          .orderBy('id')
          .execute();
        expect(rows.map(({ line }) => line)).toEqual(['a', null, null]);
      },
    ),
    spelled(
      'as text',
      "eb.ref('address', '->>').key('zip')",
      "cast(address['zip'] as text)",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select((eb) => eb.ref('address', '->>').key('zip').as('zip'))
          .where((eb) => eb(eb.ref('address', '->>').key('city'), '=', 'Oslo'))
          .execute();
        expect(rows).toEqual([{ zip: '150' }]);
      },
    ),
    spelled(
      'JSON path',
      "eb.ref('address', '->$').key('city')",
      "address['city']",
      async ({ db }) => {
        const rows = await db
          .selectFrom('person')
          .select((eb) => eb.ref('address', '->$').key('lines').at(1).as('line'))
          .where((eb) => eb(eb.ref('address', '->>$').key('city'), '=', 'Oslo'))
          .orderBy((eb) => eb.ref('address', '->$').key('zip'))
          .execute();
        expect(rows).toEqual([{ line: 'b' }]);
      },
    ),
    refuses('item counted from the end', "at(-1), at('last')", (db) =>
      db
        .selectFrom('person')
        .select((eb) => eb.ref('address', '->').key('lines').at(-1).as('line')),
    ),
    refuses('JSON path as a value', "eb.jsonPath<'address'>().key('city')", (db) =>
      db
        .selectFrom('person')
        .select((eb) =>
          eb.fn('json_set', ['address', eb.jsonPath<'address'>().key('city'), eb.val('x')]).as('a'),
        ),
    ),
    refuses('json_agg', "fn.jsonAgg('pet')", (db) =>
      db.selectFrom('pet').select((eb) => eb.fn.jsonAgg('pet').as('pets')),
    ),
    refuses('to_json', "fn.toJson('pet')", (db) =>
      db.selectFrom('pet').select((eb) => eb.fn.toJson('pet').as('pet')),
    ),
    refuses("jsonArrayFrom of Kysely's helpers", 'jsonArrayFrom(query)', (db) =>
      db
        .selectFrom('person')
        .select((eb) =>
          jsonArrayFrom(
            eb.selectFrom('pet').select('pet.name').whereRef('pet.owner_id', '=', 'person.id'),
          ).as('pets'),
        ),
    ),
    refuses("jsonObjectFrom of Kysely's helpers", 'jsonObjectFrom(query)', (db) =>
      db
        .selectFrom('person')
        .select((eb) =>
          jsonObjectFrom(
            eb.selectFrom('pet').select('pet.name').whereRef('pet.owner_id', '=', 'person.id'),
          ).as('pet'),
        ),
    ),
    refuses("jsonBuildObject of Kysely's helpers", 'jsonBuildObject({ … })', (db) =>
      db
        .selectFrom('person')
        .select((eb) => jsonBuildObject({ name: eb.ref('first_name') }).as('o')),
    ),
    passes('objects in and out', 'values({ address: { … } })', async ({ db }) => {
      const rows = await db.selectFrom('person').select('address').where('id', '=', 2).execute();
      expect(rows).toEqual([{ address: { city: 'Graz', zip: 8010, lines: [], geo: { lat: 47 } } }]);
    }),
  ],
};
