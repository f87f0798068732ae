import { type Expression, sql, type SqlBool } from 'kysely';

import type { ModelVersionClause, ModelVersionOrdering } from '../../domain/filter/ast.js';
import {
  encodePageToken,
  type ModelVersion,
  type Page,
  parseModelVersionFilter,
  parseModelVersionOrderBy,
  type SearchModelVersions,
} from '../../domain/index.js';
import { MAX_MODEL_VERSIONS_PER_SEARCH } from '../../domain/limits.js';
import { checkRegistryMaxResults, DELETED_STAGE } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import { compare } from '../sql/compare.js';
import { afterPage, nullRank, type OrderColumn, orderTerms } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { isNoPrompt, withoutPromptClauses } from './prompts.js';
import { toModelVersion, VERSION_COLUMNS } from './rows.js';
import { searchNames } from './search.js';
import { readVersionTags, versionKey } from './tags.js';

/** The page's rows in one statement, then their tags. */
export async function searchModelVersions(
  context: StoreContext,
  search: SearchModelVersions,
): Promise<Page<ModelVersion>> {
  const maxResults = checkRegistryMaxResults(
    search.maxResults ?? MAX_MODEL_VERSIONS_PER_SEARCH,
    MAX_MODEL_VERSIONS_PER_SEARCH,
  );
  const clauses = parseModelVersionFilter(search.filter);
  const order = orderColumns(parseModelVersionOrderBy(search.orderBy));
  const query = JSON.stringify(['model versions', search.filter ?? '', search.orderBy ?? []]);
  const { others, wantsPrompts } = withoutPromptClauses(clauses);
  const after = afterPage(order, search.pageToken, query);

  return searchNames(context, async ({ isSeen }) => {
    let select = context.db
      .selectFrom('model_versions')
      .select(VERSION_COLUMNS.map((column) => `model_versions.${column}` as const))
      .select(order.map(({ expression }, index) => expression.as(`order_${String(index)}`)))
      .where('model_versions.workspace', '=', context.workspace)
      .where('model_versions.current_stage', '!=', DELETED_STAGE)
      .where(isSeen('model_versions'))
      .orderBy(sql.join(orderTerms(order)))
      .limit(maxResults + 1);
    others.forEach((clause, index) => {
      if (clause.type === 'attribute') {
        select = select.where(attributeCondition(clause));
        return;
      }
      // Of each key a version has one tag: the join multiplies no row.
      const alias = `tag_${String(index)}`;
      const isSame = (column: 'generation' | 'version') =>
        sql<SqlBool>`${sql.ref(`${alias}.${column}`)} = ${sql.ref(`model_versions.${column}`)}`;
      select = select.innerJoin(versionsTagged(context, clause, alias), (on) =>
        on.on(isSame('generation')).on(isSame('version')),
      );
    });
    if (!wantsPrompts) select = select.where(isNoPrompt(context, 'model_versions'));
    if (after !== undefined) select = select.where(after);
    const rows = await select.execute();
    const page = pageOf(rows, maxResults, order.length, (key) => encodePageToken({ query, key }));
    const tags = await readVersionTags(context, page.items);
    return {
      ...page,
      items: page.items.map((row) => toModelVersion(row, tags.get(versionKey(row)) ?? [])),
    };
  });
}

const COLUMN = {
  name: 'name',
  version_number: 'version',
  run_id: 'run_id',
  source_path: 'source',
  creation_timestamp: 'creation_time',
  last_updated_timestamp: 'last_updated_time',
} as const;

function attributeCondition({
  key,
  comparator,
  value,
}: Extract<ModelVersionClause, { type: 'attribute' }>): Expression<SqlBool> {
  const type = key === 'version_number' ? 'bigint' : 'text';
  return compare(sql.ref(`model_versions.${COLUMN[key]}`), comparator, value, type);
}

function versionsTagged(
  context: StoreContext,
  { key, comparator, value }: ModelVersionClause,
  alias: string,
) {
  return context.db
    .selectFrom('model_version_tags')
    .select(['model_version_tags.generation', 'model_version_tags.version'])
    .where('model_version_tags.workspace', '=', context.workspace)
    .where('model_version_tags.key', '=', key)
    .where(compare(sql.ref('model_version_tags.value'), comparator, value, 'text'))
    .as(alias);
}

const DEFAULT_ORDER: readonly ModelVersionOrdering[] = [
  { type: 'attribute', key: 'last_updated_timestamp', ascending: false },
];

/** Ties end with name and number, so that the order is total. */
function orderColumns(orderings: readonly ModelVersionOrdering[]): readonly OrderColumn[] {
  const asked = orderings.length > 0 ? orderings : DEFAULT_ORDER;
  const has = (key: string) => asked.some((ordering) => ordering.key === key);
  const ties: readonly ModelVersionOrdering[] = [
    ...(has('name') ? [] : [{ type: 'attribute', key: 'name', ascending: true } as const]),
    ...(has('version_number')
      ? []
      : [{ type: 'attribute', key: 'version_number', ascending: false } as const]),
  ];
  return [...asked, ...ties].flatMap(({ key, ascending }): OrderColumn[] => {
    const expression = sql.ref(`model_versions.${COLUMN[key]}`);
    const type = key === 'name' ? 'text' : key === 'version_number' ? 'integer' : 'bigint';
    const column: OrderColumn = { expression, type, descending: !ascending };
    return key === 'name' || key === 'version_number' ? [column] : [nullRank(expression), column];
  });
}
