import { join } from 'node:path';

import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { folders, keyValues } from './folders.js';
import { type Meta, readMeta } from './yaml.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

export async function* registeredModelRows(root: string): Rows {
  for await (const { row } of models(root)) yield ['registered_models', row];
}

export async function* modelBelongingRows(root: string): Rows {
  for await (const { path, row } of models(root)) {
    const { name, workspace } = row;
    for await (const [key, value] of keyValues(join(path, 'tags'))) {
      yield ['registered_model_tags', { name, workspace, key, value }];
    }
    for await (const [alias, version] of keyValues(join(path, 'aliases'))) {
      yield ['registered_model_aliases', { name, workspace, alias, version: version.trim() }];
    }
    for (const folder of await folders(path)) {
      const version = /^version-(\d+)$/.exec(folder)?.[1];
      const meta = await readMeta(join(path, folder, 'meta.yaml'));
      if (version === undefined || meta === undefined) continue;
      for await (const [key, value] of keyValues(join(path, folder, 'tags'))) {
        yield ['model_version_tags', { name, workspace, version, key, value }];
      }
      yield ['model_versions', versionRow(meta, { name, workspace, version })];
    }
  }
}

async function* models(root: string): AsyncGenerator<{ path: string; row: SourceRow }> {
  for (const folder of await folders(join(root, 'models'))) {
    const path = join(root, 'models', folder);
    const meta = await readMeta(join(path, 'meta.yaml'));
    if (meta === undefined) continue;
    yield {
      path,
      row: {
        name: meta['name'] ?? folder,
        creation_time: meta['creation_timestamp'] ?? null,
        last_updated_time: meta['last_updated_timestamp'] ?? null,
        description: meta['description'] ?? null,
        workspace: meta['workspace'] ?? 'default',
      },
    };
  }
}

function versionRow(meta: Meta, ids: SourceRow): SourceRow {
  return {
    ...ids,
    creation_time: meta['creation_timestamp'] ?? null,
    last_updated_time: meta['last_updated_timestamp'] ?? null,
    description: meta['description'] ?? null,
    user_id: meta['user_id'] ?? null,
    current_stage: meta['current_stage'] ?? 'None',
    source: meta['source'] ?? null,
    storage_location: meta['storage_location'] ?? meta['source'] ?? null,
    run_id: meta['run_id'] ?? null,
    run_link: meta['run_link'] ?? null,
    status: meta['status'] ?? 'READY',
    status_message: meta['status_message'] ?? null,
  };
}
