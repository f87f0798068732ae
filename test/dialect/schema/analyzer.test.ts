import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  clusteredInto,
  createAnalyzer,
  dropAnalyzer,
  fulltextIndex,
  tableOptions,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectSql } from '../expect-sql.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');

describe('analyzers', () => {
  const db = compilingDb('s');

  it('are chains, or others with some parameters changed', () => {
    expectSql(
      createAnalyzer('a"b', { tokenizer: 'standard' }).compile(db),
      'create analyzer "a""b" (tokenizer "standard")',
      [],
    );
    expectSql(
      createAnalyzer('notes', {
        charFilters: [
          'html_strip',
          { name: 'm', type: 'mapping', parameters: { mappings: ["a=>it's"] } },
        ],
        tokenizer: { name: 't', type: 'ngram', parameters: { min_gram: 2, max_gram: 3 } },
        tokenFilters: ['lowercase', { name: 'k', type: 'kstem' }],
      }).compile(db),
      `create analyzer "notes" (tokenizer "t" with ("type" = 'ngram', "min_gram" = 2, "max_gram" = 3), token_filters ("lowercase", "k" with ("type" = 'kstem')), char_filters ("html_strip", "m" with ("type" = 'mapping', "mappings" = ['a=>it''s'])))`,
      [],
    );
    expectSql(
      createAnalyzer('german', {
        extends: 'snowball',
        parameters: { language: 'german', stopwords: ['der', 'die'] },
      }).compile(db),
      `create analyzer "german" extends "snowball" with ("language" = 'german', "stopwords" = ['der', 'die'])`,
      [],
    );
    expectSql(dropAnalyzer('notes').compile(db), 'drop analyzer "notes"', []);
    expect(() => createAnalyzer('a', { extends: 'snowball', parameters: {} })).toThrow(
      'createAnalyzer: no parameters',
    );
    // @ts-expect-error a chain has a tokenizer
    expect(() => createAnalyzer('a', { tokenFilters: ['lowercase'] })).toThrow();
  });
});

describe.skipIf(crateUrl === undefined)('analyzers (CrateDB)', () => {
  let crate: SchemaTest;
  const names = ['test_schema_stops', 'test_schema_snowball'] as const;
  const [stops, snowball] = names;

  const known = async () =>
    (
      await crate.db
        .selectFrom('information_schema.routines')
        .select('routine_name as name')
        .where('routine_type', '=', 'ANALYZER')
        .where('routine_name', 'in', [...names])
        .orderBy('routine_name')
        .execute()
    ).map(({ name }) => name);

  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_analyzer');
    for (const name of await known()) await dropAnalyzer(String(name)).execute(crate.db);
  });
  afterAll(async () => {
    await crate.close();
  });

  it('cut texts into terms as they say', async () => {
    const { db } = crate;
    await createAnalyzer(stops, {
      tokenizer: 'standard',
      tokenFilters: [
        'lowercase',
        { name: 'few', type: 'stop', parameters: { stopwords: ['foo', 'bar'] } },
      ],
    }).execute(db);
    await createAnalyzer(snowball, {
      extends: 'snowball',
      parameters: { language: 'german' },
    }).execute(db);
    expect(await known()).toEqual([snowball, stops]);

    await db.schema
      .createTable('t')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('body', 'text', fulltextIndex(stops))
      .$call(clusteredInto(1))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
    await db.insertInto('t').values({ id: 1, body: 'Foo Baz' }).execute();
    const found = async (word: string) =>
      (await db.selectFrom('t').select('id').where(sql<boolean>`match(body, ${word})`).execute())
        .length;
    expect(await found('baz')).toBe(1);
    expect(await found('foo')).toBe(0);

    await db.schema.dropTable('t').execute();
    for (const name of names) await dropAnalyzer(name).execute(db);
    expect(await known()).toEqual([]);
  });
});
