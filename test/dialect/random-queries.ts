import { type Expression, type Kysely, type SelectQueryBuilder, sql } from 'kysely';

/** Three alike tables, so that everything can be put wherever a query can stand. */
export interface RandomDB {
  a: RandomRow;
  b: RandomRow;
  c: RandomRow;
}

interface RandomRow {
  id: string;
  v: string;
}

export const RANDOM_TABLES = ['a', 'b', 'c'] as const;

type Name = (typeof RANDOM_TABLES)[number];
type Query = SelectQueryBuilder<RandomDB, Name, RandomRow>;

/** A query, and the tables that it reads, known because it was made from them. */
export interface RandomQuery {
  readonly query: Query;
  readonly reads: ReadonlySet<string>;
}

/** The same queries for the same seed. CTEs are named like tables on purpose. */
export function randomQuery(db: Kysely<RandomDB>, seed: number): RandomQuery {
  const reads = new Set<string>();
  const query = new Generator(db, seed, reads).query(3, new Set());
  return { query, reads };
}

/** No parameter: CrateDB fails on one that stands only in a CTE that nobody reads. */
const FIRST = sql.lit('first');

class Generator {
  readonly #db: Kysely<RandomDB>;
  readonly #reads: Set<string>;
  #state: number;
  #aliases = 0;

  constructor(db: Kysely<RandomDB>, seed: number, reads: Set<string>) {
    this.#db = db;
    this.#state = seed * 2_654_435_761;
    this.#reads = reads;
  }

  query(depth: number, outer: ReadonlySet<string>): Query {
    const ctes = new Set(outer);
    let db = this.#db;
    while (depth > 0 && this.#chance(0.35)) {
      const name = this.#pick(RANDOM_TABLES);
      // One WITH has a name only once.
      if (ctes.has(name)) break;
      const body = this.query(depth - 1, new Set(ctes));
      db = db.with<string, () => Query>(name, () => body) as unknown as Kysely<RandomDB>;
      ctes.add(name);
    }
    let query = this.#select(db, depth, ctes);
    if (depth > 0 && this.#chance(0.25)) {
      query = query.unionAll(this.#select(this.#db, depth - 1, ctes));
    }
    return query;
  }

  #select(db: Kysely<RandomDB>, depth: number, ctes: ReadonlySet<string>): Query {
    const alias = this.#alias();
    const source = this.#source(depth, ctes);
    let query = db.selectFrom(
      source === undefined ? `${this.#table(ctes)} as ${alias}` : (source.as(alias) as never),
    ) as unknown as Query;
    if (this.#chance(0.4)) query = this.#join(query, alias, depth, ctes);
    query = query.select([`${alias}.id as id`, `${alias}.v as v`] as never);
    if (depth > 0 && this.#chance(0.6)) query = query.where(this.#condition(alias, depth, ctes));
    if (this.#chance(0.3)) query = query.where(`${alias}.id` as never, '=', FIRST as never);
    return query;
  }

  #join(query: Query, left: string, depth: number, ctes: ReadonlySet<string>): Query {
    const alias = this.#alias();
    const source = this.#source(depth, ctes);
    const joined = source === undefined ? `${this.#table(ctes)} as ${alias}` : source.as(alias);
    return query.innerJoin(
      joined as never,
      (join) => join.onRef(`${left}.id` as never, '=', `${alias}.id` as never) as never,
    );
  }

  #condition(alias: string, depth: number, ctes: ReadonlySet<string>): Expression<boolean> {
    const id = sql.ref(`${alias}.id`);
    switch (this.#below(4)) {
      case 0:
        return sql<boolean>`${id} in (select s.id from ${this.query(depth - 1, ctes)} as s)`;
      case 1:
        return sql<boolean>`exists (select 1 from ${this.query(depth - 1, ctes)} s where s.v = 'v')`;
      case 2:
        // By hand, and unqualified: a CTE, or a table of the search path.
        return sql<boolean>`(select count(*) from ${sql.raw(this.#table(ctes))} -- from c
          where 'from b' <> v) > 0`;
      default:
        return sql<boolean>`case when extract(year from now()) > 2000 then
          (select max(id) from ${this.query(depth - 1, ctes)} s) >= ${id} else false end`;
    }
  }

  #source(depth: number, ctes: ReadonlySet<string>): Query | undefined {
    return depth > 0 && this.#chance(0.3) ? this.query(depth - 1, ctes) : undefined;
  }

  #table(ctes: ReadonlySet<string>): Name {
    const name = this.#pick(RANDOM_TABLES);
    if (!ctes.has(name)) this.#reads.add(name);
    return name;
  }

  #alias(): string {
    this.#aliases += 1;
    return `x${this.#aliases}`;
  }

  #chance(share: number): boolean {
    return this.#below(1000) < share * 1000;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  /** https://en.wikipedia.org/wiki/Linear_congruential_generator */
  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}
