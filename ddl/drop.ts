import type { Kysely } from 'kysely';

import { SchemaReadOnlyError } from './errors.js';
import { onSchema } from './provision.js';
import { renderDrop } from './render/drop.js';
import type { StatementRunner } from './runner.js';
import { tableNames } from './schema/index.js';
import { readSnapshot } from './snapshot/read.js';
import type { SchemaTarget } from './target.js';

/**
 * Drops the tables of the definitions WITH ALL THEIR DATA, and none but these. The version goes
 * first: what an interrupted drop leaves is completed by the next one, or by provisioning.
 *
 * @throws SchemaReadOnlyError before anything was dropped, when one of them is read-only.
 * @returns The statements that were executed.
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/drop-table.html
 */
export async function dropSchema<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget,
): Promise<readonly string[]> {
  return onSchema(db, options, async (runner, target) => {
    // CrateDB would refuse it too, but after others were dropped.
    const { tables } = await readSnapshot(runner, target);
    const blocked = tables.find(
      ({ name, storage }) => storage?.readOnly === true && tableNames.some((own) => own === name),
    );
    if (blocked !== undefined) {
      throw new SchemaReadOnlyError(target.schema, undefined, blocked.name);
    }
    const statements = renderDrop({ schema: target.schema });
    for (const statement of statements) await runner.execute(statement);
    return statements;
  });
}
