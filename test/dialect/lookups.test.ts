import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { wholeKeys, withRefresh } from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';

const crateUrl = inject('crateUrl');

/** Reads, changes or deletes the row (r, k); answers how many rows it saw. */
interface Case {
  readonly name: string;
  readonly run: (db: Kysely<TestDB>, r: string, k: string) => Promise<number>;
}

const count = async (query: { execute(): Promise<unknown[]> }) => (await query.execute()).length;
const changed = async (query: {
  executeTakeFirstOrThrow(): Promise<{ numUpdatedRows?: bigint; numDeletedRows?: bigint }>;
}) => {
  const result = await query.executeTakeFirstOrThrow();
  return Number(result.numUpdatedRows ?? result.numDeletedRows);
};
/** Statements by hand, with `t` for the table of params, `$1` for r and `$2` for k. */
const raw = (texts: readonly string[]): Case[] =>
  texts.map((text) => ({
    name: text,
    run: async (db, r, k) => {
      const pieces = text
        .replaceAll(/\bt\b/gi, 'params')
        .split(/(\$\d)/)
        .map((piece) => {
          if (piece === '$1') return sql.val(r);
          return piece === '$2' ? sql.val(k) : sql.raw(piece);
        });
      const result = await sql.join(pieces, sql``).execute(db);
      return Number(result.numAffectedRows ?? result.rows.length);
    },
  }));
const params = (db: Kysely<TestDB>) => db.selectFrom('params').select('value');

const LOOKUPS: Case[] = [
  {
    name: 'whole key',
    run: (db, r, k) => count(params(db).where('run_uuid', '=', r).where('key', '=', k)),
  },
  {
    name: 'values on the left, references qualified',
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          eb.and([eb(eb.val(r), '=', eb.ref('params.run_uuid')), eb('params.key', '=', k)]),
        ),
      ),
  },
  {
    name: 'whole key of an alias',
    run: (db, r, k) =>
      count(
        db
          .selectFrom('params as p')
          .select('p.value')
          .where('p.run_uuid', '=', r)
          .where('p.key', '=', k),
      ),
  },
  {
    name: 'cast values and literals',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', sql.lit(r))
          .where((eb) => eb('key', '=', eb.cast<string>(eb.val(k), 'text'))),
      ),
  },
  {
    name: 'whole key and further conditions',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .where('value', 'is not', null)
          .where('value', 'in', ['v', 'w'])
          .where('value', 'like', '%')
          .where((eb) => eb.or([eb('value', '=', 'v'), eb('value', '>', 'zzz')]))
          .where((eb) => eb.not(eb('value', '=', 'x')))
          .where((eb) => eb(eb.fn<string>('lower', ['value']), '=', 'v')),
      ),
  },
  {
    name: 'count(*), max()',
    run: async (db, r, k) => {
      const row = await db
        .selectFrom('params')
        .select((eb) => [eb.fn.countAll<string>().as('n'), eb.fn.max('value').as('m')])
        .where('run_uuid', '=', r)
        .where('key', '=', k)
        .executeTakeFirstOrThrow();
      return row.m === 'v' ? Number(row.n) : 0;
    },
  },
  {
    name: 'DISTINCT, ORDER BY, LIMIT',
    run: (db, r, k) =>
      count(
        params(db)
          .distinct()
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .orderBy('value')
          .limit(1),
      ),
  },
  {
    name: 'GROUP BY, HAVING',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .groupBy('value')
          .having((eb) => eb.fn.countAll(), '>', 0),
      ),
  },
  {
    name: 'the last column IN literals',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', 'in', [sql.lit(k), sql.lit('other')]),
      ),
  },
  {
    name: 'every column IN literals',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', 'in', [sql.lit(r), sql.lit('x')])
          .where('key', 'in', [sql.lit(k)]),
      ),
  },
  {
    name: 'OR of whole keys',
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          eb.or([
            eb.and([eb('run_uuid', '=', r), eb('key', '=', k)]),
            eb.and([eb('run_uuid', '=', r), eb('key', '=', 'other')]),
          ]),
        ),
      ),
  },
  {
    name: 'one column, OR of the other',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where((eb) => eb.or([eb('key', '=', k), eb('key', '=', 'other')])),
      ),
  },
  {
    name: 'IN literals and further conditions',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', 'in', [sql.lit(k), sql.lit('other')])
          .where('value', '=', 'v')
          .where('value', '!=', 'w'),
      ),
  },
  ...[1, 3, 16, 17, 100, 1000, 2400].map((size): Case => ({
    name: `wholeKeys of ${size}`,
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          wholeKeys(
            eb,
            ['run_uuid', 'key'],
            Array.from({ length: size }, (_, index) => [r, index === 0 ? k : `x${index}`]),
          ),
        ),
      ),
  })),
  {
    name: 'wholeKeys of two runs',
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          wholeKeys(
            eb,
            ['run_uuid', 'key'],
            [
              [r, k],
              ['a', 'b'],
              ['c', k],
            ],
          ),
        ),
      ),
  },
  {
    name: 'in a CTE',
    run: (db, r, k) =>
      count(
        db
          .with('one', (cte) =>
            cte.selectFrom('params').selectAll().where('run_uuid', '=', r).where('key', '=', k),
          )
          .selectFrom('one')
          .select('value'),
      ),
  },
  {
    name: 'in a UNION',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .unionAll(params(db).where('run_uuid', '=', r).where('key', '=', 'other')),
      ),
  },
  {
    name: 'in a subselect',
    run: (db, r, k) =>
      count(
        db
          .selectFrom(params(db).where('run_uuid', '=', r).where('key', '=', k).as('one'))
          .select('one.value'),
      ),
  },
  {
    name: 'INSERT … SELECT',
    run: async (db, r, k) => {
      const result = await db
        .insertInto('runs')
        .columns(['run_uuid', 'status'])
        .expression(
          db
            .selectFrom('params')
            .select(['run_uuid', 'value'])
            .where('run_uuid', '=', r)
            .where('key', '=', k),
        )
        .executeTakeFirstOrThrow();
      return Number(result.numInsertedOrUpdatedRows);
    },
  },
  {
    name: 'UPDATE by whole key',
    run: (db, r, k) =>
      changed(
        db.updateTable('params').set({ value: 'w' }).where('run_uuid', '=', r).where('key', '=', k),
      ),
  },
  {
    name: 'UPDATE by literals in IN',
    run: (db, r, k) =>
      changed(
        db
          .updateTable('params')
          .set({ value: 'w' })
          .where('run_uuid', '=', r)
          .where('key', 'in', [sql.lit(k), sql.lit('other')]),
      ),
  },
  {
    name: 'UPDATE by OR of keys',
    run: (db, r, k) =>
      changed(
        db
          .updateTable('params')
          .set({ value: 'w' })
          .where((eb) =>
            wholeKeys(
              eb,
              ['run_uuid', 'key'],
              [
                [r, k],
                [r, 'other'],
              ],
            ),
          ),
      ),
  },
  {
    name: 'UPDATE by key and version',
    run: async (db, r, k) => {
      const versions = await sql<{
        seq: string;
        term: string;
      }>`select _seq_no as seq, _primary_term as term from ${sql.table('params')} where run_uuid = ${r} and key = ${k}`.execute(
        withRefresh(db, 'manual'),
      );
      const version = versions.rows[0];
      return changed(
        db
          .updateTable('params')
          .set({ value: 'w' })
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .where('_seq_no' as 'value', '=', version?.seq ?? '')
          .where('_primary_term' as 'value', '=', version?.term ?? ''),
      );
    },
  },
  {
    name: 'DELETE by whole key',
    run: (db, r, k) =>
      changed(db.deleteFrom('params').where('run_uuid', '=', r).where('key', '=', k)),
  },
  {
    name: 'DELETE by OR of keys',
    run: (db, r, k) =>
      changed(
        db.deleteFrom('params').where((eb) =>
          wholeKeys(
            eb,
            ['run_uuid', 'key'],
            [
              [r, k],
              [r, 'other'],
            ],
          ),
        ),
      ),
  },
  {
    name: 'raw SQL by key',
    run: async (db, r, k) =>
      (
        await sql`select value from ${sql.table('params')} where run_uuid = ${r} and key = ${k}`.execute(
          db,
        )
      ).rows.length,
  },
  {
    name: 'raw SQL in a further condition',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .where(sql<boolean>`value = 'v'`),
      ),
  },
  ...raw([
    'select value from t where run_uuid = $1 and key = $2',
    'select value from T where Params.RUN_UUID = $1 and "key" = $2 and true limit 1 -- from params',
    'select value from t as p where (p.run_uuid = $1) and $2::text = p.key and value is not null',
    'select value from t p where run_uuid = cast($1 as varchar(20)) and key = $2::varchar(20)',
    "select value from t where (run_uuid = $1 and key = $2) or (run_uuid = 'x' and key = 'y')",
    'select value from t where run_uuid = $1 and key = $2 order by (select 1) fetch first 1 rows only',
    "select value from t where value between 'a' and 'z' and run_uuid = $1 and key = $2",
    'with c as (select value from t where run_uuid = $1 and key = $2) select value from c',
    'select (select value from t where run_uuid = $1 and key = $2) from (values (1)) v',
    'select value from t where run_uuid = $1 and key = $2 and random() >= 0',
    'select value, row_number() over (order by key) from t where run_uuid = $1 and key = $2',
    "update t set value = 'w' where run_uuid = $1 and key = $2",
    "update t set value = (select 'w') where run_uuid = $1 and key = $2 returning value",
    'delete from t where run_uuid = $1 and key = $2',
  ]),
];

/** Look like lookups, and see on the server only what was refreshed. */
const SEARCHES: Case[] = [
  { name: 'routing column alone', run: (db, r) => count(params(db).where('run_uuid', '=', r)) },
  {
    name: 'IN with parameters',
    run: (db, r, k) => count(params(db).where('run_uuid', '=', r).where('key', 'in', [k, 'other'])),
  },
  {
    name: '= ANY(parameter)',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where(sql<boolean>`key = any(${sql.val([k, 'other'])})`),
      ),
  },
  {
    name: 'IN a subquery of literals',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', 'in', sql<string>`(select unnest(${sql.val([k])}::text[]))`),
      ),
  },
  {
    name: 'another condition on a key column',
    run: (db, r, k) =>
      count(params(db).where('run_uuid', '=', r).where('key', '=', k).where('key', '!=', 'other')),
  },
  {
    name: 'one column, OR of the other, and a further condition',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where((eb) => eb.or([eb('key', '=', k), eb('key', '=', 'other')]))
          .where('value', '=', 'v'),
      ),
  },
  {
    name: 'OR of too many whole keys',
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          eb.or(
            Array.from({ length: 100 }, (_, index) =>
              eb.and([eb('run_uuid', '=', r), eb('key', '=', index === 0 ? k : `x${index}`)]),
            ),
          ),
        ),
      ),
  },
  {
    name: 'too many combinations of literals',
    run: (db, r, k) => {
      const list = (value: string) =>
        Array.from({ length: 100 }, (_, index) => sql.lit(index === 0 ? value : `x${index}`));
      return count(params(db).where('run_uuid', 'in', list(r)).where('key', 'in', list(k)));
    },
  },
  {
    name: 'wholeKeys of very many keys',
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          wholeKeys(
            eb,
            ['run_uuid', 'key'],
            Array.from({ length: 5000 }, (_, index) => [r, index === 0 ? k : `x${index}`]),
          ),
        ),
      ),
  },
  {
    name: 'wholeKeys of many runs',
    run: (db, r, k) =>
      count(
        params(db).where((eb) =>
          wholeKeys(
            eb,
            ['run_uuid', 'key'],
            [[r, k], ...Array.from({ length: 30 }, (_, index) => [`r${index}`, `k${index}`])],
          ),
        ),
      ),
  },
  {
    name: 'UPDATE by key and another condition',
    run: (db, r, k) =>
      changed(
        db
          .updateTable('params')
          .set({ value: 'w' })
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .where('value', '=', 'v'),
      ),
  },
  {
    name: 'DELETE by key and another condition',
    run: (db, r, k) =>
      changed(
        db
          .deleteFrom('params')
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .where('value', '=', 'v'),
      ),
  },
  ...raw([
    'select value from t where run_uuid = $1 and not (not (key = $2))',
    'select value from t where run_uuid = $1 and case when true and key = $2 then true end',
    "select value from t where run_uuid = $1 and (key = $2 or value = 'v')",
    'select value from t where run_uuid = $1 and key = $2 and (select true)',
    'select value from t where run_uuid = $1 and key in ($2)',
    "select value from t left join (select 1 as one) o on true where value = 'v' and run_uuid = $1 and key || '' = $2",
    "with c as (select * from t) select value from c where value = 'v' and run_uuid >= $1 and key <= $2",
    "update t set value = 'w' where run_uuid = $1 and key = $2 and value is not null",
    'delete from t where run_uuid = $1 and key >= $2',
  ]),
];

/** CrateDB may see the fresh row; the dialect doesn't rely on it. */
const CAREFUL: Case[] = [
  {
    name: 'a subquery in a further condition',
    run: (db, r, k) =>
      count(
        params(db)
          .where('run_uuid', '=', r)
          .where('key', '=', k)
          .where('value', 'in', sql<string>`(select 'v')`),
      ),
  },
  {
    name: 'a join',
    run: (db, r, k) =>
      count(
        db
          .selectFrom('params as a')
          .innerJoin('params as b', (join) => join.onRef('a.key', '=', 'b.key'))
          .select('a.value')
          .where('a.run_uuid', '=', r)
          .where('a.key', '=', k)
          .where('b.run_uuid', '=', r)
          .where('b.key', '=', k),
      ),
  },
  {
    name: 'a correlated EXISTS',
    run: (db, r, k) =>
      count(
        db
          .selectFrom('params as a')
          .select('a.value')
          .where('a.run_uuid', '=', r)
          .where('a.key', '=', k)
          .where((eb) =>
            eb.exists(
              eb
                .selectFrom('params as b')
                .select('b.key')
                .whereRef('b.run_uuid', '=', 'a.run_uuid')
                .where('b.key', '=', k),
            ),
          ),
      ),
  },
  ...raw([
    'select value from t as p (run_uuid, key, value) where run_uuid = $1 and key = $2',
    'select value from (t) p (run_uuid, key, value) where run_uuid = $1 and key = $2',
    'with c as (select * from t) select value from c where run_uuid = $1 and key = $2',
    'select value from t, unnest([1]) where run_uuid = $1 and key = $2',
  ]),
];

describe.skipIf(crateUrl === undefined)(
  'lookups and searches of a row just written (CrateDB)',
  () => {
    let crate: CrateTest;
    let next = 0;

    beforeAll(async () => {
      crate = await openCrate(crateUrl!, 't_dialect_lookups');
    });
    afterAll(async () => {
      await crate.close();
    });

    const freshRow = async () => {
      next += 1;
      const row = { run_uuid: `run${next}`, key: `key${next}`, value: 'v' };
      await crate.db.insertInto('params').values(row).execute();
      // The catalog's questions come only once.
      await params(crate.db).where('run_uuid', '=', '-').where('key', '=', '-').execute();
      crate.clear();
      return row;
    };

    it.each(LOOKUPS)('lookup: $name', async ({ run }) => {
      const row = await freshRow();
      expect(await run(crate.db, row.run_uuid, row.key)).toBe(1);
      expect(crate.refreshes()).toEqual([]);
    });

    it.each(SEARCHES)('search: $name', async ({ run }) => {
      const row = await freshRow();
      expect(await run(withRefresh(crate.db, 'manual'), row.run_uuid, row.key)).toBe(0);
      expect(await run(crate.db, row.run_uuid, row.key)).toBe(1);
      expect(crate.refreshes()).toEqual(['REFRESH TABLE "t_dialect_lookups"."params"']);
    });

    it.each(CAREFUL)('search, to be safe: $name', async ({ run }) => {
      const row = await freshRow();
      expect(await run(crate.db, row.run_uuid, row.key)).toBe(1);
      expect(crate.refreshes()).toEqual(['REFRESH TABLE "t_dialect_lookups"."params"']);
    });
  },
);
