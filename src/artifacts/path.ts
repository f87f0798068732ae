import { invalidParameter } from '../domain/errors.js';
import type { MlflowError } from '../domain/errors.js';

/**
 * The segments of a path below some root. Decoded until nothing is left to decode, because some
 * client or proxy may have encoded it more than once; then refused if it could lead anywhere else.
 */
export function safeSegments(path: string): readonly string[] {
  const decoded = escapeControlCharacters(decodeFully(path));
  const segments = decoded.split('/');
  if (
    decoded.includes('#') ||
    segments.includes('..') ||
    decoded.startsWith('/') ||
    /^file:/i.test(decoded) ||
    isAbsoluteOnWindows(decoded) ||
    (process.platform === 'win32' && /[\\:]/.test(decoded))
  ) {
    throw invalidPath();
  }
  return segments.filter((segment) => segment !== '' && segment !== '.');
}

export function invalidPath(): MlflowError {
  return invalidParameter('Invalid path');
}

/** Also where we run on POSIX, where a backslash is a character like any other. */
function isAbsoluteOnWindows(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
}

const MOST_LAYERS = 10;

function decodeFully(path: string): string {
  let current = path;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const decoded = decodeOnce(current);
    if (decoded === current) return current;
    current = decoded;
  }
  throw invalidPath();
}

/** A `%` that starts no code stays as it is; bytes that are no UTF-8 become U+FFFD. */
export function decodeOnce(path: string): string {
  return path.replace(/(?:%[0-9A-Fa-f]{2})+/g, (codes) =>
    Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** As MLflow keeps them in file names. */
function escapeControlCharacters(path: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return path.replace(/[\u0000-\u001f\u007f]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
