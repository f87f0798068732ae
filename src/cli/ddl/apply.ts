import { applySchema, planSchema, type ApplyResult } from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { count, say, sayJson } from '../output.js';
import { copyBefore } from './copy-before.js';
import { withDatabase } from './database.js';
import type { DdlSettings } from './options.js';
import { eventLine, sayChanges, sayPlan } from './output.js';

export function apply(settings: DdlSettings): Promise<number> {
  const { json, dryRun } = settings;
  return withDatabase(settings, { create: !dryRun }, async (context) => {
    const { database, target } = context;
    if (dryRun) {
      const statements = await planSchema(database.runner, target);
      sayPlan(json, target.schema, statements);
      return statements.length === 0 ? DDL_EXIT.inStep : DDL_EXIT.drift;
    }
    const copy = await copyBefore(context);
    const result = await applySchema(database.runner, {
      ...target,
      force: database.exclusive,
      onEvent: eventLine(json),
    });
    if (json) sayJson({ schema: target.schema, ...result, copy });
    else sayResult(result, target.schema);
    return result.remaining.length === 0 ? DDL_EXIT.inStep : DDL_EXIT.drift;
  });
}

function sayResult({ to, statements, remaining }: ApplyResult, schema: string): void {
  sayChanges(remaining);
  const stands =
    remaining.length === 0
      ? `in step at version ${String(to)}`
      : `${count(remaining.length, 'difference')} left, to be mended by hand`;
  const executed =
    statements.length > 0
      ? count(statements.length, 'statement')
      : `nothing ${remaining.length === 0 ? '' : 'else '}to do`;
  say(`${schema}: ${stands}, ${executed}`);
}
