import {
  diffSchema,
  isDrift,
  type SchemaChange,
  schemaStatus,
  SchemaNewerError,
} from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { count, say, sayJson } from '../output.js';
import { withDatabase } from './database.js';
import type { DdlSettings } from './options.js';
import { sayChanges, sayStatements } from './output.js';

export function showDiff(settings: DdlSettings): Promise<number> {
  return withDatabase(settings, {}, async ({ database, target }) => {
    const changes = await diffSchema(database.runner, target);
    const drift = isDrift(changes);
    const safe = changes.filter((change) => change.safe);
    if (settings.dryRun) {
      sayStatements(safe.flatMap((change) => change.sql));
    } else if (settings.json) {
      sayJson({ schema: target.schema, inStep: !drift, changes });
    } else {
      sayChanges(changes);
    }
    const { recordedVersion, knownVersion } = await schemaStatus(database.runner, target);
    if (recordedVersion !== undefined && recordedVersion > knownVersion) {
      throw new SchemaNewerError(target.schema, recordedVersion, knownVersion);
    }
    if (!settings.dryRun && !settings.json) {
      say(`${target.schema}${conclusion(changes, recordedVersion !== undefined)}`);
    }
    return drift ? DDL_EXIT.drift : DDL_EXIT.inStep;
  });
}

/** Who mends it: `apply` by itself, or a person. */
function conclusion(changes: readonly SchemaChange[], isRecorded: boolean): string {
  const differences = changes.filter((change) => isDrift([change]));
  if (differences.length === 0) return ' is in step';
  const byHand = differences.filter(({ safe }) => !safe);
  const found = `: ${count(differences.length, 'difference')}`;
  if (byHand.length === 0) return `${found}; \`ddl apply\` mends all of it`;
  // What `apply` refuses: see SchemaMismatchError.
  if (!isRecorded && byHand.some(({ severity }) => severity === 'error')) {
    return (
      `${found}; these tables are not this program's, so \`ddl apply\` leaves them alone` +
      ' (`ddl adopt` takes over those of the Python program)'
    );
  }
  const mended = differences.length - byHand.length;
  return mended === 0
    ? `${found}, to be mended by hand`
    : `${found}; \`ddl apply\` mends ${String(mended)}, ${String(byHand.length)} by hand`;
}
