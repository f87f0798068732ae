/**
 * Searches over all names, while models are renamed and deleted.
 *
 * A row is found where its generation is one that is seen. Which are, is said by
 * `registered_model_names`; but a search reads the two rows of a rename one after the other, and
 * others than its own rows at another moment. So it
 * - asks first for the names that are arriving, and for each asks the old name's row, by primary
 * key, which of the two is seen: then both are judged by that one answer;
 * - compares the counter of changes before and after. A change counts it up between its copies and
 * the switch, and between the switch and the removal: where the counter is the same, the rows of
 * both names stood all the while. Otherwise the search begins again.
 */
import { type Expression, sql, type SqlBool } from 'kysely';

import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { readEpoch } from './epoch.js';
import { arrivalOf, NAME_COLUMNS, type NameRow, readName } from './names.js';

/** Which tenures are seen. */
export interface Visibility {
  /** The condition on a table's column `generation`. */
  readonly isSeen: (table: string) => Expression<SqlBool>;
}

/** Runs the search on one state of all names. */
export async function searchNames<Result>(
  context: StoreContext,
  search: (visibility: Visibility) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const before = await readEpoch(context);
    const result = await search(await readVisibility(context));
    if ((await readEpoch(context)) === before) return result;
  }
}

async function readVisibility(context: StoreContext): Promise<Visibility> {
  const arriving = await context.db
    .selectFrom('registered_model_names')
    .select(NAME_COLUMNS)
    .where('workspace', '=', context.workspace)
    .where('state', '=', 'arriving')
    .execute();
  const shown: Int64[] = [];
  const hidden: Int64[] = [];
  await Promise.all(
    (arriving as NameRow[]).map(async (row) => {
      const old = await readName(context, row.peer ?? '');
      const arrival = arrivalOf(row, old);
      // `unknown`: settled since, so that its own row says it.
      if (arrival === 'unknown' || old === undefined) return;
      const [seen, unseen] =
        arrival === 'shown'
          ? [row.generation, old.generation]
          : [old.generation, row.generation];
      shown.push(seen);
      hidden.push(unseen);
    }),
  );
  return {
    isSeen: (table) => {
      const generation = sql.ref(`${table}.generation`);
      const borne = context.db
        .selectFrom('registered_model_names')
        .select('registered_model_names.generation')
        .where('registered_model_names.workspace', '=', context.workspace)
        .where('registered_model_names.state', 'in', ['live', 'moving']);
      if (shown.length === 0) return sql<SqlBool>`${generation} IN ${borne}`;
      const isAmong = (list: readonly Int64[]) => isOneOf(`${table}.generation`, 'bigint', list);
      return sql<SqlBool>`((${generation} IN ${borne} AND NOT (${isAmong(hidden)})) OR ${isAmong(shown)})`;
    },
  };
}
