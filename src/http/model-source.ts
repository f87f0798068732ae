/**
 * Where a model version may come from. A server that hands out files must not be told to hand out
 * its own: a local path counts only inside the artifacts of the run or the logged model that is
 * named.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { invalidParameter } from '../domain/errors.js';
import { splitUri } from '../domain/artifact-uri.js';
import { IS_PROMPT_TAG } from '../domain/registry/index.js';
import type { Tag } from '../domain/tag.js';

import type { ServedStore } from './options.js';

export interface ModelSource {
  readonly source: string;
  readonly runId: string;
  readonly modelId: string | undefined;
  readonly tags: readonly Tag[];
}

/**
 * @throws INVALID_PARAMETER_VALUE where the source isn't allowed, or what the run's lookup throws.
 */
export async function checkModelSource(
  store: ServedStore,
  { source, runId, modelId, tags }: ModelSource,
  pattern: RegExp | undefined,
): Promise<void> {
  if (pattern !== undefined && !pattern.test(source)) {
    throw invalidParameter(`Invalid model version source: '${source}'.`);
  }
  if (tags.some(({ key }) => key === IS_PROMPT_TAG)) {
    checkPromptSource(source);
  } else if (!isLocal(source)) {
    checkRemoteSource(source);
  } else if (modelId !== undefined) {
    const { artifactLocation } = await store.getLoggedModel(modelId);
    if (await isWithin(source, artifactLocation)) return;
    throw invalidParameter(
      `Invalid model version source: '${source}'. To use a local path as a model version source, ` +
        'the model_id request parameter has to be specified and the local path has to be ' +
        'contained within the artifact directory of the run specified by the model_id.',
    );
  } else {
    if (runId !== '') {
      const { artifactUri } = (await store.getRun(runId)).info;
      if (await isWithin(source, artifactUri)) return;
    }
    throw invalidParameter(
      `Invalid model version source: '${source}'. To use a local path as a model version source, ` +
        'the run_id request parameter has to be specified and the local path has to be contained ' +
        'within the artifact directory of the run specified by the run_id.',
    );
  }
}

/** A prompt's source is a mere word, such as `prompt-template`. */
function checkPromptSource(source: string): void {
  const { scheme } = splitUri(source);
  if (scheme === 'file' || (scheme === '' && source.startsWith('/'))) {
    throw invalidParameter(
      `Invalid prompt source: '${source}'. Local source paths are not allowed for prompts.`,
    );
  }
  if (scheme !== '') checkRemoteSource(source);
}

function isLocal(uri: string): boolean {
  const { scheme, path } = splitUri(uri);
  if (scheme === '') return true;
  if (scheme !== 'file') return false;
  const host = /^\/\/([^/]*)/.exec(path)?.[1] ?? '';
  if (/^(?:\.|localhost.*|127\.0\.0\.1.*)?$/.test(host)) return true;
  throw invalidParameter(
    `${uri} is not a valid remote uri. For remote access on windows, please consider using a ` +
      'different scheme such as SMB (e.g. smb://<hostname>/<path>).',
  );
}

/** No `..` and no zero byte, however often they are encoded. */
function checkRemoteSource(source: string): void {
  const plain = decodeFully(source);
  const { path } = splitUri(plain);
  const ownPath = withoutAuthority(path).replace(/\/+$/, '').replace(/\/+/g, '/');
  const isPlain =
    !ownPath.includes('\0') &&
    !plain.split('/').includes('..') &&
    // Neither empty nor relative.
    resolve(ownPath) === ownPath;
  if (isPlain) return;
  throw invalidParameter(
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local ` +
      'file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided ' +
      'without relative path references present. Please provide an absolute path.',
  );
}

function withoutAuthority(path: string): string {
  return path.startsWith('//') ? path.slice(2).replace(/^[^/]*/, '') : path;
}

/** As a form decodes: `+` is a blank, and what can't be decoded stays. */
function decodeFully(text: string): string {
  const decoded = text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  return decoded === text ? text : decodeFully(decoded);
}

/** Both are local, and the one is the other or below it, with all links followed. */
async function isWithin(source: string, root: string): Promise<boolean> {
  if (!isLocal(root)) return false;
  const [inner, outer] = await Promise.all([realPathOf(source), realPathOf(root)]);
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

async function realPathOf(uri: string): Promise<string> {
  const { scheme, path } = splitUri(uri);
  const local = scheme === 'file' ? withoutAuthority(path) : uri;
  return followLinks(resolve(decodeOnce(local)));
}

function decodeOnce(path: string): string {
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** What isn't there has no links. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await followLinks(parent), basename(path));
  }
}
