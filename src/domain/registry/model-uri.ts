import { splitUri } from '../artifact-uri.js';
import { invalidParameter } from '../errors.js';

/** What a `models:/…` URI stands for. */
export type ModelUri =
  | { readonly kind: 'logged-model'; readonly modelId: string }
  | { readonly kind: 'version'; readonly name: string; readonly version: string }
  /** `models:/name/Production`, `models:/name/latest`, `models:/name@alias`. */
  | { readonly kind: 'moving'; readonly name: string };

/**
 * Reads `models:/m-…` and `models:/name/1`; `undefined` for any other scheme.
 * @throws INVALID_PARAMETER_VALUE
 */
export function parseModelUri(uri: string): ModelUri | undefined {
  const { scheme, path } = splitUri(uri);
  if (scheme !== 'models') return undefined;
  const parts = withoutAuthority(path).replace(/^\/+/, '').split('/');
  const [first = '', second] = parts;
  const isWhole = path.startsWith('/') && first.trim() !== '' && parts.length <= 2;
  if (!isWhole || second?.trim() === '') {
    throw invalidParameter(
      `Not a proper models:/ URI: ${uri}. Models URIs must be of the form ` +
        "'models:/model_name/suffix' or 'models:/model_name@alias' where suffix is a model " +
        "version, stage, or the string 'latest' and where alias is a registered model alias. Only " +
        'one of suffix or alias can be defined at a time.',
    );
  }
  if (second !== undefined) {
    return /^\d+$/.test(second)
      ? { kind: 'version', name: first, version: second }
      : { kind: 'moving', name: first };
  }
  return first.includes('@')
    ? { kind: 'moving', name: first.slice(0, first.lastIndexOf('@')) }
    : { kind: 'logged-model', modelId: first };
}

/** `models://registry/name/1` names the registry too. */
function withoutAuthority(path: string): string {
  return path.startsWith('//') ? path.slice(2).replace(/^[^/]*/, '') : path;
}
