import { type RawBuilder, sql } from 'kysely';

import { type Properties, propertyList, withClause } from './properties.js';

/**
 * A tokenizer or filter: one that is built in by its name, or a new one of some type with
 * parameters of its own.
 */
export type AnalyzerPart =
  | string
  | {
      readonly name: string;
      /** The built-in one that it is made from. */
      readonly type: string;
      /** By CrateDB's names, such as `stopwords` and `min_gram`. */
      readonly parameters?: Properties;
    };

/** A chain of its own: characters, then tokens, then terms. */
export interface AnalyzerChain {
  readonly charFilters?: readonly AnalyzerPart[];
  readonly tokenizer: AnalyzerPart;
  readonly tokenFilters?: readonly AnalyzerPart[];
}

/** Another analyzer with some parameters changed. */
export interface AnalyzerExtension {
  readonly extends: string;
  /** By CrateDB's names, such as `stopwords`. At least one. */
  readonly parameters: Properties;
}

/**
 * `create analyzer`: how texts become the terms of a fulltext index. Analyzers belong to the whole
 * cluster, not to a schema. Tables that use one keep it as it was when they were made.
 *
 * ```ts
 * await createAnalyzer('notes', {
 *   tokenizer: 'standard',
 *   tokenFilters: ['lowercase', { name: 'ends', type: 'stop', parameters: { stopwords: ['a'] } }],
 * }).execute(db);
 * await createAnalyzer('german_snowball', {
 *   extends: 'snowball',
 *   parameters: { language: 'german' },
 * }).execute(db);
 * ```
 *
 * @throws RangeError where the extension has no parameters
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-analyzer.html
 */
export function createAnalyzer(
  name: string,
  definition: AnalyzerChain | AnalyzerExtension,
): RawBuilder<unknown> {
  if ('extends' in definition) {
    const list = propertyList(definition.parameters);
    if (list === undefined) throw new RangeError('createAnalyzer: no parameters');
    const parent = sql.id(definition.extends);
    return sql`create analyzer ${sql.id(name)} extends ${parent} with (${list})`;
  }
  const { tokenizer, tokenFilters = [], charFilters = [] } = definition;
  const elements = [sql`tokenizer ${part(tokenizer)}`];
  if (tokenFilters.length > 0) {
    elements.push(sql`token_filters (${sql.join(tokenFilters.map(part))})`);
  }
  if (charFilters.length > 0) {
    elements.push(sql`char_filters (${sql.join(charFilters.map(part))})`);
  }
  return sql`create analyzer ${sql.id(name)} (${sql.join(elements)})`;
}

/**
 * `drop analyzer`, with the tokenizers and filters that were made for it. There is no IF EXISTS.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/drop-analyzer.html
 */
export function dropAnalyzer(name: string): RawBuilder<unknown> {
  return sql`drop analyzer ${sql.id(name)}`;
}

function part(definition: AnalyzerPart): RawBuilder<unknown> {
  if (typeof definition === 'string') return sql.id(definition);
  const { name, type, parameters } = definition;
  return sql`${sql.id(name)}${withClause({ type, ...parameters })}`;
}
