import { normalizePosixPath } from '../posix-path.js';
import { pythonString } from '../python-text.js';
import { invalidValue } from './values.js';

const KEY_CHARACTERS = /^[/\p{L}\p{N}_.\- :]*$/u;

/**
 * The characters of a metric's, param's or tag's key, and that it names one file only where it is
 * used as a path.
 * @param path where the key stood in the request.
 */
export function checkKey(path: string, key: string): void {
  if (!KEY_CHARACTERS.test(key)) {
    throw invalidValue(
      path,
      key,
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), ' +
        'spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (isPlainName(key)) return;
  const normal = normalizePosixPath(key);
  if (normal !== key || normal === '.' || normal.startsWith('..') || normal.startsWith('/')) {
    throw invalidValue(
      path,
      key,
      'Names may be treated as files in certain cases, and must not resolve to other names when ' +
        `treated as such. This name would resolve to ${pythonString(normal)}`,
    );
  }
}

/** Most keys: one segment, which needs no normalising. */
function isPlainName(key: string): boolean {
  return key !== '' && !key.startsWith('.') && !key.includes('/');
}
