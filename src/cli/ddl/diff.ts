import { diffSchema, isDrift, schemaStatus, SchemaNewerError } from '../../../ddl/index.js';
import { say, sayJson } from '../output.js';
import { withDatabase } from './database.js';
import { DDL_EXIT, type DdlSettings } from './options.js';
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
      if (!drift) say(`${target.schema} is in step`);
    }
    const { recordedVersion, knownVersion } = await schemaStatus(database.runner, target);
    if (recordedVersion !== undefined && recordedVersion > knownVersion) {
      throw new SchemaNewerError(target.schema, recordedVersion, knownVersion);
    }
    return drift ? DDL_EXIT.drift : DDL_EXIT.inStep;
  });
}
