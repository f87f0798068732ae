import { posix } from 'node:path';

import type { ArtifactContent } from '../../artifacts/index.js';
import { locateArtifacts, safeSegments, schemeOf } from '../../artifacts/index.js';
import { MlflowError, invalidParameter } from '../../domain/errors.js';
import { artifactMessages as messages, decodeQuery } from '../../protocol/index.js';
import type { AppContext } from '../environment.js';
import { contentLength, readBytes } from '../middleware/body-limit.js';
import { mimeTypeOf } from '../mime-type.js';
import { jsonOperation, jsonResponse, readMessage } from '../operation.js';
import type { Call, Operation, Settings } from '../operation.js';

const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

/** The artifacts of runs, wherever their experiment keeps them. */
export const artifactOperations = {
  listArtifacts: jsonOperation(messages.listArtifacts, async (store, request, call) => {
    // A bad path is refused whether or not the run exists.
    safeSegments(request.path ?? '');
    const uri = await artifactUriOf(call, request.run_id);
    return messages.encodeFiles(await store.artifacts.list(uri, request.path), uri);
  }),

  getArtifact: async (call) => {
    const request = await readMessage(call, messages.getArtifact);
    safeSegments(request.path);
    const uri = await artifactUriOf(call, request.run_id);
    return download(call.c, await call.store.artifacts.read(uri, request.path));
  },

  /** The UI's way to attach a small file to a run. */
  uploadArtifact: async (call) => {
    const { c, store } = call;
    const request = decodeQuery(messages.uploadArtifact, c.get('query'));
    if (request.run_uuid === undefined) throw invalidParameter('Request must specify run_uuid.');
    if (request.path === undefined) throw invalidParameter('Request must specify path.');
    safeSegments(request.path);
    if ((contentLength(c) ?? 0) > MAX_UPLOAD_BYTES) {
      throw invalidParameter('Artifact size is too large. Max size is 10MB.');
    }
    const data = await readBytes(c, MAX_UPLOAD_BYTES);
    if (data.length === 0) throw invalidParameter('Request must specify data.');
    const uri = await artifactUriOf(call, request.run_uuid);
    await store.artifacts.write(uri, request.path, data);
    return jsonResponse(c, '{}');
  },

  createPresignedUploadUrl: jsonOperation(
    messages.createPresignedUploadUrl,
    async (store, request) => {
      safeSegments(request.path);
      const { info } = await store.getRun(request.run_id);
      const scheme = schemeOf(info.artifactUri);
      if (scheme !== undefined && ['http', 'https', 'mlflow-artifacts'].includes(scheme)) {
        throw invalidParameter(
          'Presigned upload is not supported for runs with proxied artifact storage ' +
            `(artifact URI scheme: ${scheme}). ` +
            'This endpoint requires a run with a direct cloud storage artifact URI.',
        );
      }
      throw new MlflowError(
        'NOT_IMPLEMENTED',
        'Presigned upload is not supported for the current artifact repository',
      );
    },
  ),
} satisfies Record<string, Operation>;

async function artifactUriOf({ store, settings }: Call, runId: string): Promise<string> {
  const { artifactUri } = (await store.getRun(runId)).info;
  checkServed(settings, artifactUri);
  return artifactUri;
}

/** @throws INVALID_PARAMETER_VALUE where the artifacts are proxied and this server serves none. */
export function checkServed(settings: Settings, artifactUri: string): void {
  if (!settings.serveArtifacts && locateArtifacts(artifactUri).kind === 'proxied') {
    throw invalidParameter(
      `The artifacts at '${artifactUri}' are not served: the server runs with ` +
        '`--no-serve-artifacts`.',
    );
  }
}

/** Always an attachment: what users upload must not run as a page of this server. */
export function download(c: AppContext, { stream, size, name }: ArtifactContent): Response {
  return c.body(stream as ReadableStream<Uint8Array<ArrayBuffer>>, 200, {
    ...attachmentHeaders(name),
    'Content-Length': String(size),
  });
}

export function attachmentHeaders(name: string): Record<string, string> {
  return {
    'Content-Type': mimeTypeOf(posix.basename(name)),
    'Content-Disposition': `attachment; ${fileNameParameter(name)}`,
    'X-Content-Type-Options': 'nosniff',
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc6266#section-4.3 */
function fileNameParameter(name: string): string {
  if (/^[\w.-]+$/.test(name)) return `filename=${name}`;
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  if (ascii === name) return `filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
