import type { Refusal } from '../compiler/refusals.js';

/** What drizzle's builder can say and CrateDB can't do, whatever it is said about. */
export const DISTINCT_ON: Refusal = {
  what: 'DISTINCT ON',
  instead: 'Use row_number() OVER (PARTITION BY … ORDER BY …) = 1 in a subquery, or max_by(…).',
};

export const ROW_LOCKS: Refusal = {
  what: 'row locks (FOR UPDATE and the like)',
  instead: 'Change a row by one atomic statement on its primary key.',
};

export const LATERAL: Refusal = {
  what: 'LATERAL',
  instead: 'Join a subquery with GROUP BY or a window function, or use one that gives one value.',
};

export const INTERSECT: Refusal = {
  what: 'INTERSECT',
  instead: 'Use exists(…) with a correlated subquery, or inArray(column, subquery).',
};

export const EXCEPT: Refusal = {
  what: 'EXCEPT',
  instead: 'Use notExists(…) with a correlated subquery, or notInArray(column, subquery).',
};

export const WITH_BEFORE_INSERT: Refusal = {
  what: 'WITH before INSERT',
  instead: 'Put it into the SELECT: insert(…).select(db.with(…).select(…)).',
};

export const WITH_BEFORE_CHANGE: Refusal = {
  what: 'WITH before UPDATE and DELETE',
  instead: 'Use a subquery: inArray(key, subquery).',
};

export const OVERRIDING: Refusal = {
  what: 'OVERRIDING SYSTEM VALUE',
  instead: 'It has no identity columns: leave it out.',
};

export const DEFAULT_VALUES: Refusal = {
  what: 'DEFAULT VALUES',
  instead: 'Give a value for a column of the primary key at least.',
};

export const CONFLICT_WHERE: Refusal = {
  what: 'ON CONFLICT … WHERE',
  instead: 'Decide inside of SET: v = CASE WHEN … THEN excluded.v ELSE v END.',
};

export const JOINS_IN_UPDATE: Refusal = {
  what: 'UPDATE … FROM and joins in UPDATE',
  instead: 'Use a subquery in WHERE or SET, or read first and update by primary key.',
};

export const DELETE_RETURNING: Refusal = {
  what: 'DELETE … RETURNING',
  instead: 'Read the rows first, and delete them by primary key.',
};

export const MATERIALIZED_VIEWS: Refusal = {
  what: 'materialized views',
  instead: 'Create a table, and fill it by INSERT … SELECT … ON CONFLICT.',
};

export const DRIZZLE_MIGRATIONS: Refusal = {
  what: "transactions and SERIAL, which drizzle's migrator needs",
  instead: "Use Kysely's Migrator on $client.",
};
