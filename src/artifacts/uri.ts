import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { MlflowError, invalidParameter } from '../domain/errors.js';

/** What an artifact URI points at. */
export type ArtifactLocation =
  /** A path below the artifacts destination. */
  | { readonly kind: 'proxied'; readonly path: string }
  /** A directory of this machine. */
  | { readonly kind: 'local'; readonly directory: string };

const PROXY_ROUTE = '/api/2.0/mlflow-artifacts/artifacts';

/**
 * `mlflow-artifacts:/p`, `mlflow-artifacts://host/p` and `http(s)://…/api/2.0/mlflow-artifacts/
 * artifacts/p` are below the destination; `file:` URIs and plain paths are local directories.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/architecture/artifact-store/
 */
export function locateArtifacts(artifactUri: string): ArtifactLocation {
  const scheme = schemeOf(artifactUri);
  switch (scheme) {
    case undefined:
      return { kind: 'local', directory: resolve(artifactUri) };
    case 'file':
      return { kind: 'local', directory: directoryOfFileUri(artifactUri) };
    case 'mlflow-artifacts':
      return { kind: 'proxied', path: pathOf(artifactUri, scheme).replace(/^\/+/, '') };
    case 'http':
    case 'https': {
      const path = pathOf(artifactUri, scheme);
      const start = path.indexOf(PROXY_ROUTE);
      const rest = path.slice(start + PROXY_ROUTE.length);
      if (start === -1 || (rest !== '' && !rest.startsWith('/'))) {
        throw invalidParameter(
          `The artifact URI '${artifactUri}' does not lead to an MLflow artifacts endpoint.`,
        );
      }
      return { kind: 'proxied', path: rest.replace(/^\/+/, '') };
    }
    default:
      throw new MlflowError(
        'NOT_IMPLEMENTED',
        `Artifact URIs of the scheme '${scheme}' are not implemented by mlflow-cratedb yet.`,
      );
  }
}

export function schemeOf(uri: string): string | undefined {
  // One letter before the colon is a Windows drive.
  return /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(uri)?.[1]?.toLowerCase();
}

/** The path as it is written; `URL` would resolve its `..` before they could be refused. */
function pathOf(uri: string, scheme: string): string {
  const rest = uri.slice(scheme.length + 1);
  const path = rest.startsWith('//') ? rest.replace(/^\/\/[^/?#]*/, '') : rest;
  return path.replace(/[?#].*$/s, '');
}

function directoryOfFileUri(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    throw invalidParameter(`The artifact URI '${uri}' is no path of this machine.`);
  }
}
