import { integer, object, optionalText, repeated, text } from './encode.js';
import {
  int64,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  withDefault,
} from './fields.js';

/** One entry of a listing. `size` is in bytes; directories have none. */
export interface FileInfo {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly size?: number | undefined;
}

/** Where to put one part of a multipart upload. */
export interface PartCredential {
  readonly url: string;
  readonly partNumber: number;
}

export const listArtifacts = message({
  run_id: required(string),
  path: optional(string),
  page_token: optional(string),
});

export const listProxiedArtifacts = message({ path: optional(string) });

/** `/get-artifact` */
export const getArtifact = message({ run_id: required(string), path: required(string) });

export const uploadArtifact = message({ run_uuid: nonEmpty, path: nonEmpty });

export const createPresignedUploadUrl = message({
  run_id: required(string),
  path: required(string),
  expiration: optional(int64),
});

export const createMultipartUpload = message({
  path: required(string),
  num_parts: withDefault(int64, 1),
});

export const completeMultipartUpload = message({
  path: required(string),
  upload_id: required(string),
  parts: required(list(message({ part_number: required(int64), etag: required(string) }))),
});

export const abortMultipartUpload = message({
  path: required(string),
  upload_id: required(string),
});

/** The query of our own route for the parts. */
export const uploadPart = message({ upload_id: required(string), part: required(int64) });

export function encodeFiles(files: readonly FileInfo[], rootUri?: string): string {
  return object(['root_uri', optionalText(rootUri)], ['files', repeated(files, fileObject)]);
}

function fileObject({ path, isDirectory, size }: FileInfo): string {
  return object(
    ['path', text(path)],
    ['is_dir', String(isDirectory)],
    ['file_size', isDirectory || size === undefined ? undefined : integer(size)],
  );
}

export function encodeMultipartUpload(
  uploadId: string,
  credentials: readonly PartCredential[],
): string {
  return object(
    ['upload_id', text(uploadId)],
    [
      'credentials',
      repeated(credentials, ({ url, partNumber }) =>
        object(['url', text(url)], ['part_number', integer(partNumber)]),
      ),
    ],
  );
}
