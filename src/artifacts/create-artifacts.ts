import { invalidParameter } from '../domain/errors.js';

import type { ArtifactDirectory, ArtifactRepository } from './contract.js';
import { LocalArtifactDirectory } from './local-directory.js';
import { LocalMultipartUploads } from './local-uploads.js';
import { safeSegments } from './path.js';
import { locateArtifacts } from './uri.js';

export interface ArtifactsOptions {
  /**
   * What `mlflow-artifacts:/` means: a path of this machine or a `file:` URI. Made when the first
   * artifact is written.
   */
  readonly destination: string;
}

/** Artifacts on the local file system. Fails with NOT_IMPLEMENTED for other destinations. */
export function createArtifacts(options: ArtifactsOptions): ArtifactRepository {
  const location = locateArtifacts(options.destination);
  if (location.kind !== 'local') {
    throw invalidParameter(`'${options.destination}' is no place where artifacts can be kept.`);
  }
  const root = location.directory;
  const proxied = new LocalArtifactDirectory(root);

  function directoryOf(artifactUri: string): ArtifactDirectory {
    const found = locateArtifacts(artifactUri);
    return found.kind === 'local'
      ? new LocalArtifactDirectory(found.directory)
      : new LocalArtifactDirectory(root, safeSegments(found.path));
  }

  return {
    destination: root,
    proxied: Object.assign(proxied, { uploads: new LocalMultipartUploads(root, proxied) }),
    list: async (artifactUri, path) => directoryOf(artifactUri).list(path),
    read: async (artifactUri, path) => directoryOf(artifactUri).read(path),
    write: async (artifactUri, path, body) => directoryOf(artifactUri).write(path, body),
    delete: async (artifactUri, path) => directoryOf(artifactUri).delete(path),
  };
}
