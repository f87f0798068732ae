import { abort } from './abort.js';
import { aggregateFunction } from './aggregate-function.js';
import { clear, execute, explain, rawSql, transaction } from './execute.js';
import { array, caseExpression, coalesce, expressions, json } from './expressions.js';
import type { FeatureGroup } from './feature.js';
import { groupBy, having } from './group-by.js';
import { insert, merge, replace, returning } from './insert.js';
import { introspect } from './introspect.js';
import { join } from './join.js';
import { migration } from './migration.js';
import { orderBy } from './order-by.js';
import { plugins, withSchema } from './plugins.js';
import { schema } from './schema.js';
import { select } from './select.js';
import { setOperation } from './set-operation.js';
import { stream } from './stream.js';
import { deleteFrom, update } from './update.js';
import { where } from './where.js';
import { withClause } from './with.js';

/** What Kysely's own test suite exercises, group by group, as far as a dialect has part in it. */
export const FEATURES: readonly FeatureGroup[] = [
  select,
  where,
  join,
  groupBy,
  having,
  orderBy,
  setOperation,
  withClause,
  insert,
  returning,
  replace,
  merge,
  update,
  deleteFrom,
  aggregateFunction,
  caseExpression,
  coalesce,
  expressions,
  array,
  json,
  explain,
  execute,
  transaction,
  rawSql,
  clear,
  plugins,
  withSchema,
  schema,
  introspect,
  migration,
  stream,
  abort,
];
