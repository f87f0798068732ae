import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';

import { invalidParameter } from '../domain/errors.js';
import type { MlflowError } from '../domain/errors.js';

import type { ArtifactBody } from './contract.js';
import { invalidPath } from './path.js';

const TEMPORARY_NAME = /^\.[0-9a-f-]{36}\.mlflow-cratedb-tmp$/;

/** A file that is still being written, or was left by a process that died doing so. */
export function isTemporaryName(name: string): boolean {
  return TEMPORARY_NAME.test(name);
}

/**
 * Writes a file beside its final place and renames it when it is whole, so that neither a crash nor
 * a sender that goes away leaves half a file under the name.
 */
export async function writeWhole(
  target: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(target), `.${randomUUID()}.mlflow-cratedb-tmp`);
  try {
    await fill(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asArtifactError(error, basename(target));
  }
}

/** `flush`: on the disk, not in its cache, before it gets its name. */
export async function writeBody(
  file: string,
  body: ArtifactBody,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<void> {
  const source = chunksOf(body);
  const destination = createWriteStream(file, { flags: 'wx', flush: true });
  if (onChunk === undefined) return pipeline(source, destination);
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        onChunk(chunk);
        yield chunk;
      }
    },
    destination,
  );
}

function chunksOf(body: ArtifactBody): Readable {
  if (typeof body === 'string') return Readable.from([Buffer.from(body)]);
  if (body instanceof Uint8Array) return Readable.from([body]);
  return Readable.fromWeb(body);
}

const CHUNK_BYTES = 256 * 1024;

/** Opens the file at the first read: a stream that nobody reads holds no file open. */
export function readLazily(file: string): ReadableStream<Uint8Array> {
  let handle: FileHandle | undefined;
  const close = async () => {
    const opened = handle;
    handle = undefined;
    await opened?.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          handle ??= await open(file, 'r');
          const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES));
          if (bytesRead > 0) {
            controller.enqueue(buffer.subarray(0, bytesRead));
          } else {
            await close();
            controller.close();
          }
        } catch (error) {
          await close();
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}

/**
 * Refuses a path that a link leads out of the root. What does not exist yet is judged by the
 * nearest directory above it that does.
 */
export async function assertInside(root: string, path: string): Promise<void> {
  const realRoot = await nearestRealPath(root);
  const realPath = await nearestRealPath(path);
  if (realPath !== realRoot && !realPath.startsWith(withSeparator(realRoot))) {
    throw invalidParameter('Invalid path: resolved path is outside the artifact directory');
  }
}

async function nearestRealPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR' || errorCode(error) === 'ENOENT') {
      const parent = dirname(path);
      if (parent !== path) return join(await nearestRealPath(parent), basename(path));
    }
    throw asArtifactError(error, basename(path));
  }
}

function withSeparator(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep;
}

export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw asArtifactError(error, basename(directory));
  }
}

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}

/** What the sender of a path can do something about, said without naming places of this machine. */
function asArtifactError(error: unknown, name: string): unknown {
  return describe(errorCode(error), name) ?? error;
}

function describe(code: string | undefined, name: string): MlflowError | undefined {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return invalidParameter(`Invalid path: '${name}' would be below a file`);
    case 'EISDIR':
    case 'ENOTEMPTY':
      return invalidParameter(`Invalid path: '${name}' is a directory`);
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return invalidPath();
    default:
      return undefined;
  }
}

export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
