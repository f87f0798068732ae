import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { asKysely, type CrateKysely, crateKysely } from '../../dialect/index.js';

interface DB {
  runs: { run_uuid: string; name: string | null };
  params: { run_uuid: string; key: string; value: string | null };
}

const db = crateKysely<DB>({ url: 'crate://nowhere', schema: 'mlflow' });

/** As a program has them that was written for Kysely. */
function namesOf(kysely: Kysely<DB>) {
  return kysely.selectFrom('runs').select('name');
}

describe('CrateKysely', () => {
  it('is a Kysely wherever one is expected', () => {
    expectTypeOf(db).toExtend<Kysely<DB>>();
    const plain: Kysely<DB> = db;
    expect(namesOf(db).compile().sql).toBe('select "name" from "mlflow"."runs"');
    expect(namesOf(plain).compile().sql).toBe(namesOf(db).compile().sql);
  });

  it('gives its tables to functions that infer them', () => {
    const tables = <Tables>(kysely: Kysely<Tables>): Kysely<Tables> => kysely;
    expectTypeOf(tables(asKysely(db))).toEqualTypeOf<Kysely<DB>>();
    expect(asKysely(db)).toBe(db);
  });

  it('has the queries of Kysely, with their types', () => {
    const query = db.selectFrom('runs').selectAll();
    expectTypeOf(query).toEqualTypeOf<
      SelectQueryBuilder<DB, 'runs', { run_uuid: string; name: string | null }>
    >();
    expectTypeOf(() => query.execute()).returns.resolves.toEqualTypeOf<Selectable<DB['runs']>[]>();
    // @ts-expect-error -- no such table
    expect(() => db.selectFrom('nowhere').selectAll().compile()).not.toThrow();
  });

  it('keeps its type', () => {
    expectTypeOf(db.withSchema('s')).toEqualTypeOf<CrateKysely<DB>>();
    expectTypeOf(db.withoutPlugins()).toEqualTypeOf<CrateKysely<DB>>();
    expect(db.withSchema('s').selectFrom('runs').select('name').compile().sql).toContain(
      '"s"."runs"',
    );
  });

  it('a WITH gives its columns to what follows', () => {
    const query = db
      .with('named', (cte) => cte.selectFrom('runs').select('name as label'))
      .with(
        (cte) => cte('again').notMaterialized(),
        (cte) => cte.selectFrom('named').selectAll(),
      )
      .selectFrom('again')
      .select('again.label');
    expectTypeOf(() => query.execute()).returns.resolves.toEqualTypeOf<
      { label: string | null }[]
    >();
    expect(query.compile().sql).toContain('with "named" as (');
  });

  it('transactions are a type error', () => {
    // @ts-expect-error -- CrateDB has no transactions
    expect(() => db.transaction()).not.toThrow();
    // @ts-expect-error -- CrateDB has no transactions
    expect(() => db.startTransaction()).not.toThrow();
    // @ts-expect-error -- nor in another schema
    expect(() => db.withSchema('s').transaction()).not.toThrow();
  });

  it('statements that CrateDB lacks are a type error', () => {
    // @ts-expect-error -- CrateDB has no MERGE
    expect(() => db.mergeInto('runs')).not.toThrow();
    // @ts-expect-error -- CrateDB has no REPLACE INTO
    expect(() => db.replaceInto('runs')).not.toThrow();
    const runs = asKysely(db).selectFrom('runs').select('name');
    // @ts-expect-error -- CrateDB has no recursive CTEs
    expect(() => db.withRecursive('r', () => runs)).not.toThrow();
    const named = db.with('named', (cte) => cte.selectFrom('runs').select('name'));
    // @ts-expect-error -- CrateDB has no WITH before UPDATE
    expect(() => named.updateTable('runs')).not.toThrow();
    // @ts-expect-error -- CrateDB has no WITH before DELETE
    expect(() => named.deleteFrom('runs')).not.toThrow();
    // A WITH of an INSERT is fine: it goes to the query that is inserted.
    const insert = named
      .insertInto('params')
      .columns(['run_uuid'])
      .expression((eb) => eb.selectFrom('named').select('named.name'));
    expect(insert.compile().sql).toMatch(/^insert into .* with "named" as/);
  });

  it('DDL that CrateDB lacks is a type error', () => {
    // @ts-expect-error -- CrateDB has no CREATE INDEX
    expect(() => db.schema.createIndex('i')).not.toThrow();
    // @ts-expect-error -- CrateDB has no DROP INDEX
    expect(() => db.schema.dropIndex('i')).not.toThrow();
    // @ts-expect-error -- CrateDB has no CREATE TYPE
    expect(() => db.schema.createType('t')).not.toThrow();
    // @ts-expect-error -- CrateDB has no materialized views
    expect(() => db.schema.refreshMaterializedView('v')).not.toThrow();
    expect(db.schema.withSchema('s').dropTable('t').compile().sql).toBe('drop table "s"."t"');
  });
});
