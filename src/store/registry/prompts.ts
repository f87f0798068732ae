/**
 * Prompts are registered models too, but no search finds both: prompts only where the filter asks
 * for them, and otherwise only models that aren't prompts.
 */
import { type Expression, sql, type SqlBool } from 'kysely';

import type { Clause } from '../../domain/filter/ast.js';
import { IS_PROMPT_TAG } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';

interface SplitClauses<AnyClause> {
  readonly wantsPrompts: boolean;
  /** Without those that only say which of the two is wanted. */
  readonly others: readonly AnyClause[];
}

/** The first clause on the prompt tag decides, as MLflow has it. */
export function withoutPromptClauses<AnyClause extends Clause<string>>(
  clauses: readonly AnyClause[],
): SplitClauses<AnyClause> {
  const isOnPrompts = ({ type, key }: AnyClause) => type === 'tag' && key === IS_PROMPT_TAG;
  const first = clauses.find(isOnPrompts);
  const value = String(first?.value).toLowerCase();
  const wantsPrompts =
    (first?.comparator === '=' && value === 'true') ||
    (first?.comparator === '!=' && value === 'false');
  if (wantsPrompts) return { wantsPrompts, others: clauses };
  return { wantsPrompts, others: clauses.filter((clause) => !isOnPrompts(clause)) };
}

/**
 * No prompt, as the tag says it: of a model its own tag, of a version that of any version of its
 * model.
 */
export function isNoPrompt(
  context: StoreContext,
  table: 'registered_models' | 'model_versions',
): Expression<SqlBool> {
  const tags = table === 'registered_models' ? 'registered_model_tags' : 'model_version_tags';
  const prompts = context.db
    .selectFrom(tags)
    .select(`${tags}.generation`)
    .where(`${tags}.workspace`, '=', context.workspace)
    .where(`${tags}.key`, '=', IS_PROMPT_TAG)
    .where(`${tags}.value`, '=', 'true')
    // One null would make NOT IN hold for nothing.
    .where(`${tags}.generation`, 'is not', null);
  return sql<SqlBool>`${sql.ref(`${table}.generation`)} NOT IN ${prompts}`;
}
