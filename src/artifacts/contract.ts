import type { ReadableStream } from 'node:stream/web';

/** One entry of a directory. */
export interface ArtifactInfo {
  /** Relative to the root that was listed, with `/` between segments. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** In bytes; directories have none. */
  readonly size?: number | undefined;
}

export interface ArtifactContent {
  /** Opens the file when it is first read. */
  readonly stream: ReadableStream<Uint8Array>;
  /** In bytes. */
  readonly size: number;
  /** The last segment of the path. */
  readonly name: string;
}

export type ArtifactBody = ReadableStream<Uint8Array> | Uint8Array | string;

/** A part of a multipart upload, as its sender names it. */
export interface UploadedPart {
  readonly partNumber: number;
  /** What the upload of the part answered. */
  readonly etag: string;
}

/**
 * Files under one root. A path is relative to the root and cannot leave it: `..`, absolute paths
 * and links that lead out are refused with INVALID_PARAMETER_VALUE, percent-encoded or not.
 */
export interface ArtifactDirectory {
  /** Sorted by path; empty where the path is a file or does not exist. Default: the root. */
  list(path?: string): Promise<readonly ArtifactInfo[]>;
  /** Fails with RESOURCE_DOES_NOT_EXIST where there is no such file. */
  read(path: string): Promise<ArtifactContent>;
  /** Replaces the file at once when the body has ended: no reader ever sees half of it. */
  write(path: string, body: ArtifactBody): Promise<void>;
  /** A file, or a directory with all in it. Deleting what does not exist is fine. */
  delete(path?: string): Promise<void>;
}

/** Uploads in parts, which may arrive in any order, each of them again, through several servers. */
export interface MultipartUploads {
  /** Answers the id of the new upload. `path` is what the parts will become. */
  create(path: string, partCount: number): Promise<string>;
  /** Answers the part's ETag. A part sent again counts as the ETag says that `complete` names. */
  writePart(
    path: string,
    uploadId: string,
    partNumber: number,
    body: ArtifactBody,
  ): Promise<string>;
  /** Joins the parts. Fails with INVALID_PARAMETER_VALUE where one is missing or differs. */
  complete(path: string, uploadId: string, parts: readonly UploadedPart[]): Promise<void>;
  abort(path: string, uploadId: string): Promise<void>;
}

/** Where artifacts are kept, by the artifact URIs that experiments and runs carry. */
export interface ArtifactRepository {
  list(artifactUri: string, path?: string): Promise<readonly ArtifactInfo[]>;
  read(artifactUri: string, path: string): Promise<ArtifactContent>;
  write(artifactUri: string, path: string, body: ArtifactBody): Promise<void>;
  delete(artifactUri: string, path?: string): Promise<void>;
  /** The directory that `mlflow-artifacts:/` means: the artifacts destination. */
  readonly proxied: ArtifactDirectory & { readonly uploads: MultipartUploads };
  /** Where that is, to be shown to a person. */
  readonly destination: string;
}
