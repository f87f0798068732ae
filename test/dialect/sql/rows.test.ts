import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  expectTypeOf,
  inject,
  it,
} from 'vitest';

import {
  excludedColumns,
  hasRowVersion,
  ownColumns,
  type RowVersion,
  rowVersion,
} from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import { compilingNotes, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

describe('row versions', () => {
  it('are selected, returned, and compared', () => {
    const query = db
      .selectFrom('other')
      .select(['note', ...rowVersion()])
      .where('id', '=', 'a');
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<
      { note: string } & RowVersion extends infer T ? { [K in keyof T]: T[K] } : never
    >();
    expectSql(
      query,
      'select "note", "_seq_no" as "_seq_no", "_primary_term" as "_primary_term" from "s"."other" where "id" = $1',
      ['a'],
    );
    expectSql(
      db
        .updateTable('other')
        .set({ n: 2 })
        .where('id', '=', 'a')
        .where(hasRowVersion({ _seq_no: '7', _primary_term: 1 }))
        .returning(rowVersion()),
      'update "s"."other" set "n" = $1 where "id" = $2 and ("_seq_no" = $3 and "_primary_term" = $4) ' +
        'returning "_seq_no" as "_seq_no", "_primary_term" as "_primary_term"',
      [2, 'a', '7', 1],
    );
    expectSql(
      db.selectFrom(['other as o', 'notes']).select(rowVersion('o')),
      'select "o"."_seq_no" as "_seq_no", "o"."_primary_term" as "_primary_term" from "s"."other" as "o", "s"."notes"',
      [],
    );
    expect(() => hasRowVersion({ _seq_no: 'x', _primary_term: 1 })).toThrow(RangeError);
    expect(() => hasRowVersion({ _seq_no: 1 } as RowVersion)).toThrow(RangeError);
  });
});

describe('ON CONFLICT', () => {
  it('takes columns from the new row, or keeps them', () => {
    const insert = db.insertInto('other').values({ id: 'a', note: 'x', n: 1 });
    expectSql(
      insert.onConflict((conflict) =>
        conflict.columns(['id']).doUpdateSet((eb) => ({
          ...excludedColumns(eb, ['note']),
          ...ownColumns(eb, ['n']),
        })),
      ),
      'insert into "s"."other" ("id", "note", "n") values ($1, $2, $3) ' +
        'on conflict ("id") do update set "note" = "excluded"."note", "n" = "n"',
      ['a', 'x', 1],
    );
    insert.onConflict((conflict) =>
      conflict.columns(['id']).doUpdateSet((eb) => {
        // @ts-expect-error -- no such column
        ownColumns(eb, ['nothing']);
        return excludedColumns(eb, ['n']);
      }),
    );
    expect(() =>
      insert.onConflict((conflict) =>
        conflict.columns(['id']).doUpdateSet((eb) => excludedColumns(eb, [])),
      ),
    ).toThrow(RangeError);
  });
});

describe.skipIf(crateUrl === undefined)('row versions and ON CONFLICT (CrateDB)', () => {
  let crate: NotesTest;
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_rows');
  });
  afterAll(() => crate.close());
  beforeEach(async () => {
    await crate.db.deleteFrom('other').execute();
  });

  it('one of many wins a compare-and-set, on a row that nothing has refreshed', async () => {
    const first = await crate.db
      .insertInto('other')
      .values({ id: 'a', note: 'new', n: 0 })
      .returning(rowVersion())
      .executeTakeFirstOrThrow();
    crate.sent.length = 0;
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        crate.db
          .updateTable('other')
          .set({ note: 'won', n })
          .where('id', '=', 'a')
          .where(hasRowVersion(first))
          .executeTakeFirstOrThrow(),
      ),
    );
    expect(outcomes.filter(({ numUpdatedRows }) => numUpdatedRows === 1n)).toHaveLength(1);
    expect(crate.sent.filter(({ kind }) => kind === 'refresh')).toEqual([]);

    const lost = await crate.db
      .deleteFrom('other')
      .where('id', '=', 'a')
      .where(hasRowVersion(first))
      .executeTakeFirstOrThrow();
    expect(lost.numDeletedRows).toBe(0n);
    const now = await crate.db
      .selectFrom('other')
      .select(['note', ...rowVersion()])
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    expect(now.note).toBe('won');
    const won = await crate.db
      .deleteFrom('other')
      .where('id', '=', 'a')
      .where(hasRowVersion(now))
      .executeTakeFirstOrThrow();
    expect(won.numDeletedRows).toBe(1n);
    expect(crate.sent.filter(({ kind }) => kind === 'refresh')).toEqual([]);
  });

  it('RETURNING gives the row that stands, written or not', async () => {
    const put = (note: string, n: number) =>
      crate.db
        .insertInto('other')
        .values([
          { id: 'a', note, n },
          { id: note, note, n },
        ])
        .onConflict((conflict) =>
          conflict.columns(['id']).doUpdateSet((eb) => ({
            ...ownColumns(eb, ['note']),
            ...excludedColumns(eb, ['n']),
          })),
        )
        .returning(['id', 'note', 'n'])
        .execute();
    await put('x', 1);
    const rows = await put('y', 2);
    expect(rows.sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual([
      { id: 'a', note: 'x', n: 2 },
      { id: 'y', note: 'y', n: 2 },
    ]);
  });
});
