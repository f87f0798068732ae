import { tableShapes, qualified } from './table.js';

/**
 * One `DROP TABLE IF EXISTS` per table, the last made first, without a final semicolon. Runs on
 * both databases: CrateDB takes one table a statement.
 */
export function renderDrop(options: { readonly schema?: string | undefined } = {}): string[] {
  const schema = options.schema ?? 'mlflow';
  return tableShapes()
    .reverse()
    .map((table) => `DROP TABLE IF EXISTS ${qualified(schema, table.name)}`);
}
