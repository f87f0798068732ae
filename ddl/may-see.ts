import { SchemaPrivilegeError } from './errors.js';
import { quoteText } from './render/table.js';
import { field, type StatementRunner } from './runner.js';
import type { ResolvedTarget } from './target.js';

/**
 * Fails where the user sees no tables because he has no right to them: CrateDB shows nobody the
 * tables that he may not use, so that a full schema looks empty. To be asked where none was seen.
 *
 * @throws SchemaPrivilegeError when the user has neither DQL nor DDL on the schema.
 * @see https://cratedb.com/docs/crate/reference/en/latest/admin/privileges.html
 */
export async function refuseBlindUser(
  runner: StatementRunner,
  { engine, schema }: ResolvedTarget,
): Promise<void> {
  if (engine !== 'cratedb') return;
  const named = quoteText(schema);
  const { rows } = await runner.execute(
    // In PostgreSQL's words: USAGE is DQL, CREATE is DDL.
    `SELECT has_schema_privilege(${named}, 'USAGE') OR has_schema_privilege(${named}, 'CREATE')` +
      ' AS may_see',
  );
  const [row] = rows;
  if (row !== undefined && field(row, 'may_see') === false) {
    throw new SchemaPrivilegeError('DQL', schema, undefined);
  }
}
