import { checkAssociatedId } from '../checks/ids.js';
import { invalidValue, missingValue } from '../checks/values.js';
import { checkVersionNumber } from './checks.js';
import type { PromptVersionRef } from './prompt.js';

/**
 * What a trace's associations name prompt versions by, `<name>/<version>`, each once. Whether there
 * is such a prompt is not asked, as MLflow doesn't.
 *
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkPromptLinks(
  traceId: string,
  promptVersions: readonly PromptVersionRef[],
): readonly string[] {
  if (traceId === '') throw missingValue('trace_id');
  checkAssociatedId('trace_id', traceId);
  return [...new Set(promptVersions.map(promptVersionId))];
}

function promptVersionId({ name, version }: PromptVersionRef, index: number): string {
  const path = `prompt_versions[${String(index)}]`;
  if (name === '') throw missingValue(`${path}.name`);
  const number = checkVersionNumber(version);
  if (number === undefined) {
    throw invalidValue(`${path}.version`, version, 'Versions are numbered from 1.');
  }
  const id = `${name}/${String(number)}`;
  checkAssociatedId(path, id);
  return id;
}
