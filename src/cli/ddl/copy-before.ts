import { schemaStatus } from '../../../ddl/index.js';
import { say } from '../output.js';
import type { DdlContext } from './database.js';

/** The embedded database is copied before it is migrated; answers where to. */
export async function copyBefore({
  database,
  target,
  settings,
}: DdlContext): Promise<string | undefined> {
  if (!database.exclusive) return undefined;
  const { state, recordedVersion } = await schemaStatus(database.runner, target);
  if (state !== 'behind' || recordedVersion === undefined) return undefined;
  const copy = await database.copyAside(`v${String(recordedVersion)}`);
  if (copy !== undefined && !settings.json) say(`copied to ${copy}`);
  return copy;
}
