import { invalidValue, missingValue } from '../checks/values.js';
import { isLongerThan } from '../code-points.js';
import { MAX_ASSOCIATED_ID_LENGTH } from '../limits.js';
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
  checkIdLength('trace_id', traceId);
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
  checkIdLength(path, id);
  return id;
}

function checkIdLength(path: string, id: string): void {
  if (!isLongerThan(id, MAX_ASSOCIATED_ID_LENGTH)) return;
  const limit = String(MAX_ASSOCIATED_ID_LENGTH);
  throw invalidValue(path, id, `MLflow's table of associations holds ids of ${limit} characters.`);
}
