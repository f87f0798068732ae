import { splitUri } from '../artifact-uri.js';
import { isLongerThan } from '../code-points.js';
import { invalidParameter } from '../errors.js';
import type { CreateExperiment } from '../experiment.js';
import { MAX_ARTIFACT_LOCATION_LENGTH, MAX_EXPERIMENT_NAME_LENGTH } from '../limits.js';
import type { Tag } from '../tag.js';
import { checkExperimentTag, checkTagKeysUnique } from './tag.js';
import { checkLength } from './values.js';

export interface CheckedExperiment {
  readonly name: string;
  /** Absent: derived from the id. */
  readonly artifactLocation?: string;
  /** Each key once. */
  readonly tags: readonly Tag[];
}

export interface ExperimentLimitOptions {
  /** MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH. Default: 2,048. */
  readonly maxArtifactLocationLength?: number | undefined;
}

/**
 * A new experiment. Unlike MLflow's, its tags are held to the limits that set-experiment-tag has.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkCreateExperiment(
  { name, artifactLocation, tags = [] }: CreateExperiment,
  options: ExperimentLimitOptions = {},
): CheckedExperiment {
  const hasLocation = artifactLocation !== undefined && artifactLocation !== '';
  if (hasLocation) checkArtifactLocation(artifactLocation, options);
  validateExperimentName(name);
  const checkedTags = tags.map((tag, index) => checkExperimentTag(tag, `tags[${index}]`));
  checkTagKeysUnique(checkedTags);
  return { name, ...(hasLocation ? { artifactLocation } : {}), tags: checkedTags };
}

/** The new name, as it is. */
export function checkRenameExperiment(newName: string): string {
  validateExperimentName(newName);
  return newName;
}

export function validateExperimentName(name: string): void {
  if (name === '') throw invalidParameter(`Invalid experiment name: '${name}'`);
  checkLength('name', MAX_EXPERIMENT_NAME_LENGTH, name);
}

/** The schemes whose last path segment may have `;params`; the empty one is a plain path. */
const SCHEMES_WITH_PARAMS = new Set(['', 'http', 'https', 'ftp', 'sftp']);

export function checkArtifactLocation(
  location: string,
  { maxArtifactLocationLength = MAX_ARTIFACT_LOCATION_LENGTH }: ExperimentLimitOptions = {},
): void {
  const { scheme, path, query, fragment } = splitUri(location);
  const lastSegment = path.slice(path.lastIndexOf('/') + 1);
  const hasParams = SCHEMES_WITH_PARAMS.has(scheme) && /;./.test(lastSegment);
  if (fragment !== '' || hasParams) {
    throw invalidParameter("'artifact_location' URL can't include fragments or params.");
  }
  if (decodeFully(query).includes('..')) throw invalidParameter('Invalid query string');
  if (location.startsWith('runs:')) {
    throw invalidParameter(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  }
  if (isLongerThan(location, maxArtifactLocationLength)) {
    throw invalidParameter(
      'Invalid artifact path length. The length of the artifact path cannot be greater than ' +
        `${maxArtifactLocationLength} characters. To configure this limit, please set the ` +
        'MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH environment variable.',
    );
  }
}

/** Decodes `%2e` and what decodes to it in turn, until nothing changes. */
function decodeFully(text: string): string {
  const decoded = text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return decoded === text ? text : decodeFully(decoded);
}
