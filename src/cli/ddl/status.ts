import { schemaStatus, SchemaNewerError, type SchemaStatus } from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { count, say, sayJson } from '../output.js';
import { describeState } from '../schema-state.js';
import { withDatabase } from './database.js';
import type { DdlSettings } from './options.js';

export function showStatus(settings: DdlSettings): Promise<number> {
  return withDatabase(settings, {}, async ({ database, target }) => {
    const status = await schemaStatus(database.runner, target);
    if (settings.json) sayJson({ ...status, database: database.description });
    else sayStatus(status, database.description);
    if (status.state === 'ahead') {
      throw new SchemaNewerError(status.schema, status.recordedVersion ?? 0, status.knownVersion);
    }
    return status.state === 'in-step' ? DDL_EXIT.inStep : DDL_EXIT.drift;
  });
}

function sayStatus(status: SchemaStatus, database: string): void {
  const { recordedVersion, appliedAt, knownVersion, pending, tables, lease } = status;
  say(`database  ${database}`);
  say(`schema    ${status.schema}: ${describeState(status)}`);
  say(
    recordedVersion === undefined
      ? `version   none, ${String(knownVersion)} known`
      : `version   ${String(recordedVersion)} since ${new Date(appliedAt ?? 0).toISOString()},` +
          ` ${String(knownVersion)} known`,
  );
  say(`tables    ${String(tables.present)} of ${String(tables.expected)}`);
  if (tables.present > 0 && tables.missing.length > 0) {
    say(`missing   ${tables.missing.join(', ')}`);
  }
  if (tables.others.length > 0) say(`others    ${tables.others.join(', ')}`);
  for (const { version, name } of pending) say(`pending   ${String(version)} ${name}`);
  if (lease !== undefined) {
    const seconds = Math.ceil(lease.remainingMs / 1_000);
    say(`at work   ${lease.owner}, for ${count(seconds, 'second')} unless prolonged`);
  }
}
