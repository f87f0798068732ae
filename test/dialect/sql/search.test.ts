import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import { CrateError } from '../../../dialect/index.js';
import {
  knnMatch,
  match,
  type MatchOptions,
  systemColumn,
  vectorSimilarity,
} from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import { compilingNotes, note, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

describe('searches by text and by vector', () => {
  it('MATCH of one column, of several, and of a named index', () => {
    const query = db
      .selectFrom('notes')
      .select(['id', systemColumn('_score').as('score')])
      .where((eb) => match(eb, 'body', 'quick fox'))
      .orderBy(systemColumn('_score'), 'desc');
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      id: string;
      score: number | null;
    }>();
    expectSql(
      query,
      'select "id", "_score" as "score" from "s"."notes" where match(("body"), $1) order by "_score" desc',
      ['quick fox'],
    );
    expectSql(
      db
        .selectFrom('notes as t')
        .select(systemColumn('t._id').as('id'))
        .where((eb) =>
          eb.and([
            match(eb, [{ column: 't.title', boost: 2 }, 't.body'], 'fox', {
              using: 'phrase_prefix',
              slop: 1,
              analyzer: 'english',
              rewrite: 'constant_score_boolean',
            }),
            eb.not(match(eb, sql.ref('both'), 'cow', { operator: 'and', fuzziness: 1 })),
          ]),
        ),
      'select "t"."_id" as "id" from "s"."notes" as "t" where (match(("t"."title" 2, "t"."body"), $1) ' +
        'using phrase_prefix with ("slop" = 1, "analyzer" = $2, "rewrite" = $3) ' +
        'and not match(("both"), $4) using best_fields with ("operator" = $5, "fuzziness" = 1))',
      ['fox', 'english', 'constant_score_boolean', 'cow', 'and'],
    );
  });

  it('options belong to a match type', () => {
    expectTypeOf<{ using: 'phrase'; slop: number }>().toExtend<MatchOptions>();
    // @ts-expect-error -- a phrase has no operator
    const options: MatchOptions = { using: 'phrase', operator: 'and' };
    expect(options).toBeDefined();
    const where = (run: () => unknown) => expect(run).toThrow(RangeError);
    where(() => db.selectFrom('notes').where((eb) => match(eb, [], 'x')));
    where(() =>
      db.selectFrom('notes').where((eb) => match(eb, { column: 'body', boost: NaN }, 'x')),
    );
    where(() =>
      db.selectFrom('notes').where((eb) => match(eb, 'body', 'x', { using: 'x) or' as 'phrase' })),
    );
  });

  it('KNN_MATCH and vector_similarity', () => {
    expectSql(
      db
        .selectFrom('notes')
        .select((eb) => ['id', vectorSimilarity(eb, 'v', [1, 2, 3]).as('similarity')])
        .where((eb) => knnMatch(eb, 'v', new Float32Array([1, 0.5, 3]), 5)),
      'select "id", vector_similarity("v", $1) as "similarity" from "s"."notes" where knn_match("v", $2, 5)',
      [
        [1, 2, 3],
        [1, 0.5, 3],
      ],
    );
    expect(() => db.selectFrom('notes').where((eb) => knnMatch(eb, 'v', [1], 0))).toThrow(
      RangeError,
    );
  });
});

describe.skipIf(crateUrl === undefined)('searches by text and by vector (CrateDB)', () => {
  let crate: NotesTest;
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_search');
    await crate.db
      .insertInto('notes')
      .values([
        note('a', { title: 'The quick fox', body: 'A quick brown fox jumps', v: [1, 0, 0] }),
        note('b', { title: 'Dogs', body: 'The lazy dog and a fox', v: [0, 1, 0] }),
        note('c', { title: 'Nothing', body: 'at all', v: [0, 0, 5] }),
      ])
      .execute();
  });
  afterAll(() => crate.close());

  const ids = async (
    columns: Parameters<typeof match<import('./open-notes.js').NotesDB, 'notes'>>[1],
    query: string,
    options?: MatchOptions,
  ) => {
    const rows = await crate.db
      .selectFrom('notes')
      .select(['id', systemColumn('_score').as('score')])
      .where((eb) => match(eb, columns, query, options))
      .orderBy(systemColumn('_score'), 'desc')
      .execute();
    for (const { score } of rows) expect(score).toBeGreaterThan(0);
    return rows.map(({ id }) => id);
  };

  it('finds what was just written, the best first', async () => {
    expect(await ids('body', 'quick fox')).toEqual(['a', 'b']);
    expect(await ids([{ column: 'title', boost: 0.5 }, 'body'], 'dogs')).toEqual(['b']);
    expect(await ids(sql.ref('both'), 'quick')).toEqual(['a']);
    await crate.db
      .insertInto('notes')
      .values(note('d', { body: 'unicorn' }))
      .execute();
    expect(await ids('body', 'unicorn')).toEqual(['d']);
  });

  it('takes each of the options where its type says so', async () => {
    const any = {
      analyzer: 'english',
      boost: 1.5,
      fuzziness: 1,
      prefix_length: 1,
      max_expansions: 10,
      zero_terms_query: 'none',
    } as const;
    for (const using of ['best_fields', 'most_fields', 'cross_fields'] as const) {
      const more = using === 'cross_fields' ? {} : ({ fuzziness: 'AUTO' } as const);
      expect(
        await ids(['body', 'title'], 'quick fox', {
          using,
          ...more,
          operator: 'and',
          analyzer: 'english',
          boost: 2,
        }),
      ).toEqual(['a']);
    }
    expect(await ids('body', 'quock', any)).toEqual(['a']);
    expect(await ids('body', 'fox lazy quick', { minimum_should_match: '66%' })).toEqual([
      'b',
      'a',
    ]);
    expect(await ids('body', 'fox', { cutoff_frequency: 0.9 })).toHaveLength(2);
    expect(await ids('body', 'brown fox', { using: 'phrase' })).toEqual(['a']);
    expect(await ids('body', 'fox brown', { using: 'phrase' })).toEqual([]);
    expect(await ids('body', 'fox brown', { using: 'phrase', slop: 2, tie_breaker: 0.1 })).toEqual([
      'a',
    ]);
    expect(
      await ids('body', 'brown fo', {
        using: 'phrase_prefix',
        slop: 1,
        tie_breaker: 0.1,
        max_expansions: 5,
        rewrite: 'constant_score_boolean',
      }),
    ).toEqual(['a']);
  });

  it('finds the nearest vectors', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        'id',
        systemColumn('_score').as('score'),
        vectorSimilarity(eb, 'v', [1, 0, 0]).as('similarity'),
      ])
      .where((eb) => knnMatch(eb, 'v', [1, 0, 0], 2))
      .orderBy(systemColumn('_score'), 'desc')
      .limit(2)
      .execute();
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rows[0]).toMatchObject({ score: 1, similarity: 1 });
    expect(rows[1]?.score).toBeCloseTo(rows[1]?.similarity ?? 0, 6);
  });

  it('beside the whole key, CrateDB refuses to read rows, fresh or not', async () => {
    const byKey = (id: string) => crate.db.selectFrom('notes').select('id').where('id', '=', id);
    for (const id of ['a', 'not there']) {
      await expect(
        byKey(id)
          .where((eb) => match(eb, 'body', 'fox'))
          .execute(),
      ).rejects.toThrow(CrateError);
      await expect(
        byKey('a')
          .where((eb) => knnMatch(eb, 'v', [1, 0, 0], 2))
          .execute(),
      ).rejects.toThrow(CrateError);
    }
  });

  it('system columns', async () => {
    const row = await crate.db
      .selectFrom('notes')
      .select([
        systemColumn('_id').as('id'),
        systemColumn('_version').as('version'),
        systemColumn('notes._doc').as('doc'),
        systemColumn('_raw').as('raw'),
        systemColumn('_docid').as('docid'),
        systemColumn('_score').as('score'),
      ])
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    expectTypeOf(row.doc).toEqualTypeOf<Record<string, unknown>>();
    expect(row).toMatchObject({ id: 'a', score: null, doc: { id: 'a', title: 'The quick fox' } });
    expect(Number(row.version)).toBe(1);
    expect(typeof row.raw).toBe('string');
  });
});
