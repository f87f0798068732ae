import { type Expression, sql, type SqlBool } from 'kysely';

import type { RegisteredModelClause, RegisteredModelOrdering } from '../../domain/filter/ast.js';
import {
  encodePageToken,
  type Page,
  parseRegisteredModelFilter,
  parseRegisteredModelOrderBy,
  type RegisteredModel,
  type SearchRegisteredModels,
} from '../../domain/index.js';
import { MAX_REGISTERED_MODELS_PER_SEARCH } from '../../domain/limits.js';
import { checkRegistryMaxResults } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import { compare } from '../sql/compare.js';
import { afterPage, nullRank, type OrderColumn, orderTerms } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { isNoPrompt, withoutPromptClauses } from './prompts.js';
import { readModels } from './read.js';
import { MODEL_COLUMNS } from './rows.js';
import { searchNames } from './search.js';

/** The page's rows in one statement, then all that hangs on them. */
export async function searchRegisteredModels(
  context: StoreContext,
  search: SearchRegisteredModels,
): Promise<Page<RegisteredModel>> {
  const maxResults = checkRegistryMaxResults(
    search.maxResults ?? 100,
    MAX_REGISTERED_MODELS_PER_SEARCH,
  );
  const clauses = parseRegisteredModelFilter(search.filter);
  const order = orderColumns(parseRegisteredModelOrderBy(search.orderBy));
  const query = JSON.stringify(['registered models', search.filter ?? '', search.orderBy ?? []]);
  const { others, wantsPrompts } = withoutPromptClauses(clauses);
  const after = afterPage(order, search.pageToken, query);

  return searchNames(context, async ({ isSeen }) => {
    let select = context.db
      .selectFrom('registered_models')
      .select(MODEL_COLUMNS.map((column) => `registered_models.${column}` as const))
      .select(order.map(({ expression }, index) => expression.as(`order_${String(index)}`)))
      .where('registered_models.workspace', '=', context.workspace)
      .where(isSeen('registered_models'))
      .orderBy(sql.join(orderTerms(order)))
      .limit(maxResults + 1);
    for (const clause of others) select = select.where(condition(context, clause));
    if (!wantsPrompts) select = select.where(isNoPrompt(context, 'registered_models'));
    if (after !== undefined) select = select.where(after);
    const rows = await select.execute();
    const page = pageOf(rows, maxResults, order.length, (key) => encodePageToken({ query, key }));
    return { ...page, items: await readModels(context, page.items) };
  });
}

function condition(context: StoreContext, clause: RegisteredModelClause): Expression<SqlBool> {
  const { comparator, value } = clause;
  if (clause.type === 'attribute') {
    return compare(sql.ref('registered_models.name'), comparator, value, 'text');
  }
  const tagged = context.db
    .selectFrom('registered_model_tags')
    .select('registered_model_tags.generation')
    .where('registered_model_tags.workspace', '=', context.workspace)
    .where('registered_model_tags.key', '=', clause.key)
    .where(compare(sql.ref('registered_model_tags.value'), comparator, value, 'text'));
  return sql<SqlBool>`registered_models.generation IN ${tagged}`;
}

/** Ties end with the name, so that the order is total. */
function orderColumns(orderings: readonly RegisteredModelOrdering[]): readonly OrderColumn[] {
  const name = { expression: sql.ref('registered_models.name'), type: 'text' } as const;
  const columns = orderings.flatMap(({ key, ascending }): OrderColumn[] => {
    if (key === 'name') return [{ ...name, descending: !ascending }];
    const expression = sql.ref('registered_models.last_updated_time');
    return [nullRank(expression), { expression, type: 'bigint', descending: !ascending }];
  });
  return orderings.some(({ key }) => key === 'name') ? columns : [...columns, name];
}
