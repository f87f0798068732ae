import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { doesNotExist, invalidParameter } from '../domain/errors.js';

import type { ArtifactBody, ArtifactContent, ArtifactDirectory, ArtifactInfo } from './contract.js';
import {
  assertInside,
  isMissing,
  isTemporaryName,
  makeDirectory,
  readLazily,
  writeBody,
  writeWhole,
} from './files.js';
import { invalidPath, safeSegments } from './path.js';

/** Where uploads in parts wait, in the root of a destination; no artifact is ever there. */
export const UPLOADS_FOLDER = '.mlflow-uploads';

/** Artifacts as files of the local file system. */
export class LocalArtifactDirectory implements ArtifactDirectory {
  readonly #root: string;
  readonly #base: readonly string[];

  /**
   * @param root an absolute path that nothing leaves; made when the first artifact is written
   * @param base segments of a directory in the root, to which all paths are relative
   */
  constructor(root: string, base: readonly string[] = []) {
    this.#root = root;
    this.#base = base;
  }

  async list(path = ''): Promise<readonly ArtifactInfo[]> {
    const { segments, absolute } = await this.#resolve(path);
    const infos: ArtifactInfo[] = [];
    for (const name of await namesIn(absolute)) {
      if (isTemporaryName(name) || (absolute === this.#root && name === UPLOADS_FOLDER)) continue;
      const info = await this.#info(join(absolute, name), [...segments, name].join('/'));
      if (info !== undefined) infos.push(info);
    }
    return infos.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async read(path: string): Promise<ArtifactContent> {
    const { segments, absolute } = await this.#resolve(path);
    const status = await statusOf(absolute);
    const shown = [...this.#base, ...segments].join('/');
    if (status === undefined) throw doesNotExist(`No such artifact: '${shown}'`);
    if (!status.isFile()) throw invalidParameter(`The artifact '${shown}' is a directory`);
    return {
      stream: readLazily(absolute),
      size: status.size,
      name: segments.at(-1) ?? '',
    };
  }

  async write(path: string, body: ArtifactBody): Promise<void> {
    const target = await this.placeFor(path);
    await writeWhole(target, (temporary) => writeBody(temporary, body));
  }

  async delete(path = ''): Promise<void> {
    const { segments, absolute } = await this.#resolve(path, 'parent');
    if (segments.length > 0) return rm(absolute, { recursive: true, force: true });
    for (const name of await namesIn(absolute)) {
      if (absolute === this.#root && name === UPLOADS_FOLDER) continue;
      await rm(join(absolute, name), { recursive: true, force: true });
    }
  }

  /** The absolute path of a file to be written, its directory made. */
  async placeFor(path: string): Promise<string> {
    const { segments, absolute } = await this.#resolve(path, 'parent');
    if (segments.length === 0) throw invalidPath();
    await makeDirectory(dirname(absolute));
    return absolute;
  }

  /**
   * @param judged what must be inside the root when links are followed: the path itself, or, where
   * a link there would be replaced and not followed, its parent
   */
  async #resolve(path: string, judged: 'path' | 'parent' = 'path') {
    const segments = safeSegments(path);
    if ([...this.#base, ...segments][0] === UPLOADS_FOLDER) throw invalidPath();
    const absolute = join(this.#root, ...this.#base, ...segments);
    await assertInside(
      this.#root,
      judged === 'parent' && segments.length > 0 ? dirname(absolute) : absolute,
    );
    return { segments, absolute };
  }

  /** Nothing for a link that leads out or nowhere, or a file that went away meanwhile. */
  async #info(absolute: string, path: string): Promise<ArtifactInfo | undefined> {
    try {
      await assertInside(this.#root, absolute);
    } catch {
      return undefined;
    }
    const status = await statusOf(absolute);
    if (status === undefined) return undefined;
    return status.isDirectory()
      ? { path, isDirectory: true }
      : { path, isDirectory: false, size: status.size };
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function statusOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
