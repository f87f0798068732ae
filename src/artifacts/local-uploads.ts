import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { doesNotExist, invalidParameter } from '../domain/errors.js';

import type { ArtifactBody, MultipartUploads, UploadedPart } from './contract.js';
import { isMissing, makeDirectory, writeBody, writeWhole } from './files.js';
import type { LocalArtifactDirectory } from './local-directory.js';
import { UPLOADS_FOLDER } from './local-directory.js';
import { safeSegments } from './path.js';

/** As many as S3 takes; MLflow's client plans its parts for that. */
const MOST_PARTS = 10_000;
const ABANDONED_AFTER_MS = 7 * 24 * 60 * 60 * 1000;
const UPLOAD_FILE = 'upload.json';

interface Upload {
  readonly path: string;
  readonly partCount: number;
}

/**
 * Uploads in parts on the local file system: a folder per upload, a file per part, named for its
 * number and the hash of its content. All state is in the names, so that any server that shares the
 * file system can take any part.
 */
export class LocalMultipartUploads implements MultipartUploads {
  readonly #directory: LocalArtifactDirectory;
  readonly #folder: string;

  constructor(root: string, directory: LocalArtifactDirectory) {
    this.#directory = directory;
    this.#folder = join(root, UPLOADS_FOLDER);
  }

  async create(path: string, partCount: number): Promise<string> {
    if (!Number.isInteger(partCount) || partCount < 1 || partCount > MOST_PARTS) {
      throw invalidParameter(`An upload must have 1 to ${MOST_PARTS} parts. Got ${partCount}.`);
    }
    const upload: Upload = { path: safeSegments(path).join('/'), partCount };
    // Fails now, not after all parts were sent, if nothing can be written there.
    await this.#directory.placeFor(path);
    await this.#removeAbandoned();
    const uploadId = randomUUID();
    await makeDirectory(join(this.#folder, uploadId));
    await writeFile(join(this.#folder, uploadId, UPLOAD_FILE), JSON.stringify(upload));
    return uploadId;
  }

  async writePart(
    path: string,
    uploadId: string,
    partNumber: number,
    body: ArtifactBody,
  ): Promise<string> {
    const { folder, upload } = await this.#find(path, uploadId);
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > upload.partCount) {
      throw invalidParameter(`The upload has no part ${partNumber}.`);
    }
    const hash = createHash('md5');
    const arriving = join(folder, `arriving-${randomUUID()}`);
    try {
      await writeBody(arriving, body, (chunk) => hash.update(chunk));
      const etag = hash.digest('hex');
      await rename(arriving, join(folder, partName(partNumber, etag)));
      return `"${etag}"`;
    } catch (error) {
      await rm(arriving, { force: true });
      throw isMissing(error) ? unknownUpload(uploadId) : error;
    }
  }

  async complete(path: string, uploadId: string, parts: readonly UploadedPart[]): Promise<void> {
    const { folder, upload } = await this.#find(path, uploadId);
    const files = await partFiles(folder, upload, parts);
    const target = await this.#directory.placeFor(upload.path);
    await writeWhole(target, async (temporary) => {
      await pipeline(
        async function* () {
          for (const file of files) yield* createReadStream(file) as AsyncIterable<Uint8Array>;
        },
        createWriteStream(temporary, { flags: 'wx', flush: true }),
      );
    });
    await rm(folder, { recursive: true, force: true });
  }

  async abort(path: string, uploadId: string): Promise<void> {
    const { folder } = await this.#find(path, uploadId);
    await rm(folder, { recursive: true, force: true });
  }

  async #find(path: string, uploadId: string): Promise<{ folder: string; upload: Upload }> {
    if (!/^[0-9a-f-]{36}$/.test(uploadId)) throw unknownUpload(uploadId);
    const folder = join(this.#folder, uploadId);
    try {
      const upload = JSON.parse(await readFile(join(folder, UPLOAD_FILE), 'utf8')) as Upload;
      if (upload.path === safeSegments(path).join('/')) return { folder, upload };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    throw unknownUpload(uploadId);
  }

  /** Senders that died abort nothing. A failure here is no reason to refuse a new upload. */
  async #removeAbandoned(): Promise<void> {
    try {
      const oldest = Date.now() - ABANDONED_AFTER_MS;
      for (const name of await readdir(this.#folder)) {
        const folder = join(this.#folder, name);
        if ((await stat(folder)).mtimeMs < oldest) await rm(folder, { recursive: true });
      }
    } catch {
      // Another server may be clearing up at the same time.
    }
  }
}

function partName(partNumber: number, etag: string): string {
  return `${partNumber}-${etag}.part`;
}

async function partFiles(
  folder: string,
  { partCount }: Upload,
  parts: readonly UploadedPart[],
): Promise<readonly string[]> {
  const present = new Set(await readdir(folder));
  const files = new Map<number, string>();
  for (const { partNumber, etag } of parts) {
    const name = partName(partNumber, etag.replace(/^(?:W\/)?"(.*)"$/, '$1'));
    if (!present.has(name)) {
      throw invalidParameter(`Part ${partNumber} was not uploaded, or its content is another.`);
    }
    files.set(partNumber, join(folder, name));
  }
  if (files.size !== partCount || parts.length !== partCount) {
    throw invalidParameter(
      `The upload has ${partCount} parts, each to be named once. Got ${parts.length}.`,
    );
  }
  return [...files].sort(([a], [b]) => a - b).map(([, file]) => file);
}

function unknownUpload(uploadId: string) {
  return doesNotExist(`No multipart upload with id=${uploadId} of this path exists`);
}
