import { decodeOnce, safeSegments } from '../../artifacts/index.js';
import type { ArtifactBody } from '../../artifacts/index.js';
import { MlflowError } from '../../domain/errors.js';
import { artifactMessages as messages, decodeQuery } from '../../protocol/index.js';
import { htmlResponse, jsonOperation, jsonResponse, readMessage } from '../operation.js';
import type { Call, Operation } from '../operation.js';

import { download } from './artifacts.js';

/**
 * The artifacts destination itself, for clients that reach it only through this server.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/architecture/artifact-store/
 */
export const proxiedArtifactOperations = {
  listProxiedArtifacts: served(
    jsonOperation(messages.listProxiedArtifacts, async ({ artifacts }, { path }) => {
      const files = await artifacts.proxied.list(path);
      // This listing has names, the one of a run has paths.
      return messages.encodeFiles(
        files.map((file) => ({ ...file, path: file.path.slice(file.path.lastIndexOf('/') + 1) })),
      );
    }),
  ),

  downloadProxiedArtifact: served(async (call) =>
    download(call.c, await call.store.artifacts.proxied.read(pathOf(call))),
  ),

  uploadProxiedArtifact: served(async (call) => {
    await call.store.artifacts.proxied.write(pathOf(call), bodyOf(call));
    return jsonResponse(call.c, '{}');
  }),

  deleteProxiedArtifact: served(async (call) => {
    await call.store.artifacts.proxied.delete(pathOf(call));
    return jsonResponse(call.c, '{}');
  }),

  createMultipartUpload: served(async (call) => {
    const request = await readMessage(call, messages.createMultipartUpload);
    const path = joinedPath(call, request.path);
    const partCount = Number(request.num_parts);
    const uploadId = await call.store.artifacts.proxied.uploads.create(path, partCount);
    const url = partUrl(call, path);
    const credentials = Array.from({ length: partCount }, (_, index) => ({
      url: `${url}?upload_id=${uploadId}&part=${index + 1}`,
      partNumber: index + 1,
    }));
    return jsonResponse(call.c, messages.encodeMultipartUpload(uploadId, credentials));
  }),

  uploadPart: served(async (call) => {
    const { upload_id: uploadId, part } = decodeQuery(messages.uploadPart, call.c.get('query'));
    const { uploads } = call.store.artifacts.proxied;
    const etag = await uploads.writePart(pathOf(call), uploadId, Number(part), bodyOf(call));
    call.c.header('ETag', etag);
    return jsonResponse(call.c, '{}');
  }),

  completeMultipartUpload: served(async (call) => {
    const request = await readMessage(call, messages.completeMultipartUpload);
    await call.store.artifacts.proxied.uploads.complete(
      joinedPath(call, request.path),
      request.upload_id,
      request.parts.map((part) => ({ partNumber: Number(part.part_number), etag: part.etag })),
    );
    return jsonResponse(call.c, '{}');
  }),

  abortMultipartUpload: served(async (call) => {
    const request = await readMessage(call, messages.abortMultipartUpload);
    const path = joinedPath(call, request.path);
    await call.store.artifacts.proxied.uploads.abort(path, request.upload_id);
    return jsonResponse(call.c, '{}');
  }),

  getPresignedDownloadUrl: served(() => {
    throw new MlflowError(
      'NOT_IMPLEMENTED',
      'Multipart download is not supported for the current artifact repository',
    );
  }),
} satisfies Record<string, Operation>;

function served(operation: Operation): Operation {
  return (call) => {
    if (call.settings.serveArtifacts) return operation(call);
    return htmlResponse(
      call.c,
      `Endpoint: ${call.route.pattern} disabled due to the mlflow server running with ` +
        '`--no-serve-artifacts`. To enable artifacts server functionality, run `mlflow server` ' +
        'with `--serve-artifacts`',
      503,
    );
  };
}

function pathOf(call: Call): string {
  return decodeOnce(call.params['artifact_path'] ?? '');
}

/** Clients send the path of their own file, of which only the name counts. */
function joinedPath(call: Call, clientPath: string): string {
  const name = /^[A-Za-z]:[\\/]|^\\\\/.test(clientPath)
    ? clientPath.slice(clientPath.search(/[^\\/]*$/))
    : clientPath.slice(clientPath.lastIndexOf('/') + 1);
  return [...safeSegments(pathOf(call)), ...safeSegments(name)].join('/');
}

/** Where this client reached us is where it will send the parts. */
function partUrl({ c }: Call, path: string): string {
  const ours = c.get('path');
  const prefix = ours.slice(0, ours.indexOf('/mlflow-artifacts/'));
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${c.get('baseUrl')}${prefix}/mlflow-artifacts/mpu/part/${encoded}`;
}

function bodyOf({ c }: Call): ArtifactBody {
  return (c.req.raw.body as Exclude<ArtifactBody, string> | null) ?? new Uint8Array();
}
