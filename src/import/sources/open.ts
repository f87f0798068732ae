import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ImportSource } from '../contract.js';
import { ImportSourceError } from '../errors.js';

/**
 * Opens what `--from` names: `sqlite:///…`, `postgresql://…`, `http(s)://…` of a server, or the folder
 * of a file store (`mlruns`, `file:///…`). What one kind needs is loaded for it alone.
 *
 * @throws ImportSourceError
 */
export async function openSource(from: string): Promise<ImportSource> {
  if (from.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite.js');
    return openSqlite(from);
  }
  if (/^postgres(ql)?(\+\w+)?:\/\//.test(from)) {
    const { openPostgres } = await import('./postgres.js');
    return openPostgres(from);
  }
  if (/^https?:\/\//.test(from)) {
    const { openServer } = await import('./rest/server.js');
    return openServer(from);
  }
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(from)?.[1];
  if (scheme !== undefined && scheme !== 'file') {
    throw new ImportSourceError(
      `Nothing can be imported from '${scheme}:…': expected sqlite:///<file>, postgresql://…,` +
        " an mlruns folder, or a server's http(s)://…",
    );
  }
  const folder = scheme === 'file' ? folderOfUri(from) : resolve(from);
  const kind = await kindOf(folder);
  if (kind === undefined) throw new ImportSourceError(`There is no folder ${folder}`);
  if (kind === 'file') {
    throw new ImportSourceError(
      `${folder} is a file: a SQLite database is named as sqlite:///relative.db or sqlite:////absolute.db`,
    );
  }
  const { openFileStore } = await import('./file-store/file-store.js');
  return openFileStore(folder);
}

function folderOfUri(uri: string): string {
  // MLflow takes file:relative too.
  if (!uri.startsWith('file://')) return resolve(uri.slice('file:'.length));
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new ImportSourceError(
      `Cannot read '${uri}': a file:// URI must be of this machine: file:///folder`,
      { cause: error },
    );
  }
}

async function kindOf(path: string): Promise<'folder' | 'file' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}
