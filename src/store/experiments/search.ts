import { type Expression, sql, type SqlBool } from 'kysely';

import type { Experiment, SearchExperiments } from '../../domain/experiment.js';
import type { ExperimentClause, ExperimentOrdering } from '../../domain/filter/ast.js';
import {
  checkMaxResults,
  encodePageToken,
  MAX_SEARCH_RESULTS,
  parseExperimentFilter,
  parseExperimentOrderBy,
} from '../../domain/index.js';
import { stagesOf } from '../../domain/lifecycle.js';
import type { Page } from '../../domain/page.js';
import type { StoreContext } from '../context.js';
import { compare } from '../sql/compare.js';
import { afterPage, nullRank, type OrderColumn, orderTerms } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { EXPERIMENT_COLUMNS, toExperiment } from './rows.js';
import { readExperimentTags } from './tags.js';

/** Two statements: the page's rows, then their tags. */
export async function searchExperiments(
  context: StoreContext,
  search: SearchExperiments,
): Promise<Page<Experiment>> {
  const { db } = context;
  const maxResults = checkMaxResults(search.maxResults ?? 1_000, MAX_SEARCH_RESULTS);
  const clauses = parseExperimentFilter(search.filter);
  const order = orderColumns(parseExperimentOrderBy(search.orderBy));
  const stages = stagesOf(search.viewType ?? 'ACTIVE_ONLY');
  const query = JSON.stringify(['experiments', stages, search.filter ?? '', search.orderBy ?? []]);

  let select = db
    .selectFrom('experiments')
    .select(EXPERIMENT_COLUMNS)
    .select(order.map((column, index) => column.expression.as(`order_${String(index)}`)))
    .where('workspace', '=', context.workspace)
    .where(sql<SqlBool>`lifecycle_stage = ANY(CAST(${stages} AS text[]))`)
    .orderBy(sql.join(orderTerms(order)))
    .limit(maxResults + 1);
  for (const clause of clauses) select = select.where(condition(context, clause));
  const after = afterPage(order, search.pageToken, query);
  if (after !== undefined) select = select.where(after);
  const rows = await select.execute();

  const page = pageOf(rows, maxResults, order.length, (key) => encodePageToken({ query, key }));
  const tags = await readExperimentTags(
    context,
    page.items.map((row) => row.experiment_id),
  );
  return {
    ...page,
    items: page.items.map((row) => toExperiment(row, tags.get(String(row.experiment_id)) ?? [])),
  };
}

function condition(context: StoreContext, clause: ExperimentClause): Expression<SqlBool> {
  if (clause.type === 'attribute') {
    const type = clause.key === 'name' ? 'text' : 'bigint';
    return compare(sql.ref(`experiments.${clause.key}`), clause.comparator, clause.value, type);
  }
  const { comparator } = clause;
  const tagged = context.db
    .selectFrom('experiment_tags')
    .select('experiment_tags.experiment_id')
    .where('experiment_tags.key', '=', clause.key);
  if (comparator === 'IS NULL') return sql<SqlBool>`experiments.experiment_id NOT IN ${tagged}`;
  const matching =
    comparator === 'IS NOT NULL'
      ? tagged
      : tagged.where(compare(sql.ref('experiment_tags.value'), comparator, clause.value, 'text'));
  return sql<SqlBool>`experiments.experiment_id IN ${matching}`;
}

const DEFAULT_ORDER: readonly ExperimentOrdering[] = [
  { type: 'attribute', key: 'creation_time', ascending: false },
  { type: 'attribute', key: 'experiment_id', ascending: true },
];

/** Ties end with the id, so that the order is total. */
function orderColumns(orderings: readonly ExperimentOrdering[]): readonly OrderColumn[] {
  const asked = orderings.length > 0 ? orderings : DEFAULT_ORDER;
  const columns = asked.flatMap(({ key, ascending }): OrderColumn[] => {
    const expression = sql.ref(`experiments.${key}`);
    const type = key === 'name' ? 'text' : 'bigint';
    const column: OrderColumn = { expression, type, descending: !ascending };
    const mayBeNull = key === 'creation_time' || key === 'last_update_time';
    return mayBeNull ? [nullRank(expression), column] : [column];
  });
  if (asked.some(({ key }) => key === 'experiment_id')) return columns;
  return [
    ...columns,
    { expression: sql.ref('experiments.experiment_id'), type: 'bigint', descending: true },
  ];
}
