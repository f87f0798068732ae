import { invalidParameter } from '../errors.js';

/**
 * How many items a page may have: 1 to `limit`.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkMaxResults(maxResults: number, limit: number): number {
  const refused = (rule: string) =>
    invalidParameter(`Invalid value ${maxResults} for parameter 'max_results' supplied. ${rule}`);
  if (!Number.isSafeInteger(maxResults) || maxResults < 1) {
    throw refused('It must be a positive integer');
  }
  if (maxResults > limit) throw refused(`It must be at most ${limit}`);
  return maxResults;
}
