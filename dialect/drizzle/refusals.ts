import type { Refusal } from '../compiler/refusals.js';

export {
  CONFLICT_WHERE,
  DEFAULT_VALUES,
  DISTINCT_ON,
  MATERIALIZED_VIEWS,
  ROW_LOCKS,
} from '../compiler/refusals.js';

// What is said in drizzle's words.

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

export const JOINS_IN_UPDATE: Refusal = {
  what: 'UPDATE … FROM and joins in UPDATE',
  instead: 'Use a subquery in WHERE or SET, or read first and update by primary key.',
};

export const DELETE_RETURNING: Refusal = {
  what: 'DELETE … RETURNING',
  instead: 'Read the rows first, and delete them by primary key.',
};

export const DRIZZLE_MIGRATIONS: Refusal = {
  what: "transactions and SERIAL, which drizzle's migrator needs",
  instead: "Use Kysely's Migrator on $client.",
};
