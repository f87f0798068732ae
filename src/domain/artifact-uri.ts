/** Where artifacts are kept. A root's query and fragment stay at the end of what is derived. */

/** `<artifact root>/<experiment id>`, an experiment's location unless it was given one. */
export function artifactLocationOf(artifactRoot: string, experimentId: string): string {
  return appendToPath(artifactRoot, experimentId);
}

/** `<experiment's location>/<run id>/artifacts`. */
export function runArtifactUri(artifactLocation: string, runId: string): string {
  return appendToPath(artifactLocation, `${runId}/artifacts`);
}

/** `<experiment's location>/models/<model id>/artifacts`. */
export function loggedModelArtifactLocation(artifactLocation: string, modelId: string): string {
  return appendToPath(artifactLocation, `models/${modelId}/artifacts`);
}

/** `<experiment's location>/traces/<trace id>/artifacts`. */
export function traceArtifactLocation(artifactLocation: string, traceId: string): string {
  return appendToPath(artifactLocation, `traces/${traceId}/artifacts`);
}

const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;

function appendToPath(uri: string, suffix: string): string {
  // A plain path may have `?` and `#` in its names.
  const end = SCHEME.test(uri) ? uri.search(/[?#]|$/) : uri.length;
  const path = uri.slice(0, end);
  return `${path}${path === '' || path.endsWith('/') ? '' : '/'}${suffix}${uri.slice(end)}`;
}

export interface UriParts {
  /** Lower case, without the colon; empty for a plain path. */
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Splits like RFC 3986; `path` has the authority before it. */
export function splitUri(uri: string): UriParts {
  const scheme = SCHEME.exec(uri)?.[0] ?? '';
  const [beforeFragment, fragment] = splitAtFirst(uri.slice(scheme.length), '#');
  const [path, query] = splitAtFirst(beforeFragment, '?');
  return { scheme: scheme.slice(0, -1).toLowerCase(), path, query, fragment };
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
