import {
  type Compilable,
  type CompiledQuery,
  CompiledQuery as Compiled,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type SelectQueryBuilder,
  SelectQueryNode,
  sql,
} from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { CrateDialect, CrateError, NotSupportedError } from '../../dialect/index.js';
import { FEATURES } from './features/index.js';
import { openFeatures, type OpenFeatures } from './features/open.js';
import { expectAlternative } from './features/refusal.js';
import type { FeatureDB } from './features/tables.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_refusals';

type AnySelect = SelectQueryBuilder<FeatureDB, 'pet', Record<string, unknown>>;

/** Compiles only: there is no server behind it. */
const db = new Kysely<FeatureDB>({
  dialect: new CrateDialect({ url: 'crate://nowhere', schema: SCHEMA }),
});

/** Kysely's own PostgreSQL, so as to see what CrateDB says to it. */
const postgres = new Kysely<FeatureDB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new CrateDialect({ url: 'crate://nowhere' }).createDriver(),
    createIntrospector: (any) =>
      new CrateDialect({ url: 'crate://nowhere' }).createIntrospector(any),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
}).withSchema(SCHEMA);

const refused = FEATURES.flatMap(({ group, features }) =>
  features.flatMap(({ feature, build }) =>
    build === undefined ? [] : [{ name: `${group}: ${feature}`, build }],
  ),
);

/**
 * What CrateDB accepts, with another meaning than PostgreSQL's: these are refused because nobody
 * would notice.
 */
const ACCEPTED = new Map([
  ['where: operator ~', 'matches the whole text'],
  ['where: operator ~*', 'matches the whole text'],
  ['where: operator !~', 'matches the whole text'],
  ['where: operator !~*', 'matches the whole text'],
  ['select: NOWAIT', 'is taken for an alias of the table'],
  // Kysely leaves the columns out without a word.
  ['schema: table from a query, with columns', 'the columns are left out'],
]);

describe('what CrateDB lacks', () => {
  it.each(refused)('$name', ({ build }) => {
    const error = errorOf(() => build(db).compile());
    expectAlternative(error);
  });

  it.each(refused)('in a subquery, a CTE and a raw text: $name', ({ build }) => {
    const query = build(postgres);
    const node = 'toOperationNode' in query ? (query.toOperationNode as () => object)() : undefined;
    if (node === undefined || !SelectQueryNode.is(node as SelectQueryNode)) return;
    const select = build(db) as unknown as AnySelect;
    expectAlternative(errorOf(() => db.selectFrom(select.as('s')).selectAll().compile()));
    expectAlternative(
      errorOf(() =>
        db
          .with('c', () => select)
          .selectFrom('c')
          .selectAll()
          .compile(),
      ),
    );
    expectAlternative(errorOf(() => sql`select * from ${select} as s`.compile(db)));
  });

  it('leaves nothing behind in the compiler', () => {
    for (const { build } of refused) errorOf(() => build(db).compile());
    expect(db.selectFrom('pet').select('pet.id').where('pet.name', 'in', ['a']).compile().sql).toBe(
      'select "t_refusals"."pet"."id" from "t_refusals"."pet" where "t_refusals"."pet"."name" in ($1)',
    );
  });

  it('raw SQL is not looked into', () => {
    expect(sql`select 1 for update`.compile(db).sql).toBe('select 1 for update');
    expect(
      db
        .selectFrom('pet')
        .select('id')
        .modifyEnd(sql`for update`)
        .compile().sql,
    ).toContain('for update');
  });
});

describe.skipIf(crateUrl === undefined)('what CrateDB says to it (CrateDB)', () => {
  let features: OpenFeatures;

  beforeAll(async () => {
    features = await openFeatures(crateUrl!, SCHEMA);
  });
  afterAll(() => features.close());

  it.each(refused)('$name', async ({ name, build }) => {
    const compiled = compileForPostgres(build);
    if (compiled === undefined) return;
    const { sql: text, parameters } = compiled;
    const run = features.context.db.executeQuery(Compiled.raw(text, [...parameters]));
    if (ACCEPTED.has(name)) await expect(run).resolves.toBeDefined();
    else await expect(run).rejects.toThrow(CrateError);
  });

  afterAll(() => features.context.db.schema.dropTable('made').ifExists().execute());
});

/** Undefined where Kysely itself refuses to compile it. */
function compileForPostgres(
  build: (on: Kysely<FeatureDB>) => Compilable,
): CompiledQuery | undefined {
  try {
    return build(postgres).compile();
  } catch (error) {
    if (error instanceof NotSupportedError) throw error;
    return undefined;
  }
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
