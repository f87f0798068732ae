import { migrateSchema, planSchema, SCHEMA_VERSION } from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { count, say, sayJson } from '../output.js';
import { copyBefore } from './copy-before.js';
import { withDatabase } from './database.js';
import type { DdlSettings } from './options.js';
import { eventLine, sayPlan } from './output.js';

export function migrate(settings: DdlSettings): Promise<number> {
  const { json, dryRun } = settings;
  return withDatabase(settings, {}, async (context) => {
    const { database, target } = context;
    if (dryRun) {
      const statements = await planSchema(database.runner, { ...target, migrationsOnly: true });
      sayPlan(json, target.schema, statements);
      return statements.length === 0 ? DDL_EXIT.inStep : DDL_EXIT.drift;
    }
    const copy = await copyBefore(context);
    const done = await migrateSchema(database.runner, {
      ...target,
      force: database.exclusive,
      onEvent: eventLine(json),
    });
    const from = done === undefined ? SCHEMA_VERSION : done.from;
    const statements = done?.statements ?? [];
    if (json) sayJson({ schema: target.schema, from, to: SCHEMA_VERSION, statements, copy });
    else {
      const executed =
        done === undefined ? 'nothing to do' : count(statements.length, 'statement');
      say(`${target.schema}: at version ${String(SCHEMA_VERSION)}, ${executed}`);
    }
    return DDL_EXIT.inStep;
  });
}
