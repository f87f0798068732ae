import { createInterface } from 'node:readline/promises';

import {
  dropSchema,
  renderDrop,
  schemaStatus,
  tableNames,
} from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { count, say, sayJson } from '../output.js';
import { withDatabase } from './database.js';
import type { DdlFlags, DdlSettings } from './options.js';
import { sayPlan } from './output.js';

export function drop(settings: DdlSettings, { yes = false }: DdlFlags): Promise<number> {
  const { json, dryRun } = settings;
  return withDatabase(settings, {}, async ({ database, target }) => {
    const { schema } = target;
    const { tables } = await schemaStatus(database.runner, target);
    if (tables.present === 0) {
      if (json) sayJson({ schema, statements: [], ...(dryRun ? {} : { dropped: 0 }) });
      // Of a dry run, a script with a comment.
      else say(dryRun ? '-- nothing to drop' : `${schema}: nothing to drop`);
      return DDL_EXIT.inStep;
    }
    if (dryRun) {
      sayPlan(json, schema, renderDrop({ schema }));
      return DDL_EXIT.inStep;
    }
    if (!yes) await confirm(schema, tables.present, database.description);
    const statements = await dropSchema(database.runner, target);
    if (json) sayJson({ schema, statements, dropped: tables.present });
    else {
      const all = count(tableNames.length, 'table');
      say(`${schema}: dropped ${String(tables.present)} of ${all}`);
    }
    return DDL_EXIT.inStep;
  });
}

/** Asks for the schema's name; what comes through a pipe is taken too. */
async function confirm(schema: string, tables: number, database: string): Promise<void> {
  const prompt = `Drop ${count(tables, 'table')} with all their data from ${database}?`;
  const lines = createInterface({ input: process.stdin });
  // Not among what the command prints.
  process.stderr.write(`${prompt} Type the schema's name: `);
  const answer = await lines[Symbol.asyncIterator]().next();
  lines.close();
  if (answer.done !== true && answer.value.trim() === schema) return;
  throw new Failure(
    `nothing was dropped: the answer was not '${schema}' (--yes drops without asking).`,
    DDL_EXIT.error,
  );
}
