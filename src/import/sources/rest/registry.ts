import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { type Json, listOf, type RestClient } from './client.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

const PAGE = 100;
/** No search finds both models and prompts. */
const FILTERS = ['', "tags.`mlflow.prompt.is_prompt` = 'true'"];

export async function* serverModelRows(client: RestClient): Rows {
  for await (const model of search(client, 'registered-models', 'registered_models')) {
    yield [
      'registered_models',
      {
        name: model['name'],
        creation_time: model['creation_timestamp'] ?? null,
        last_updated_time: model['last_updated_timestamp'] ?? null,
        description: model['description'] ?? null,
        workspace: 'default',
      },
    ];
  }
}

export async function* serverModelBelongingRows(client: RestClient): Rows {
  for await (const model of search(client, 'registered-models', 'registered_models')) {
    const ids = { name: model['name'], workspace: 'default' };
    for (const { key, value } of listOf(model['tags'])) {
      yield ['registered_model_tags', { ...ids, key, value: value ?? '' }];
    }
    for (const { alias, version } of listOf(model['aliases'])) {
      yield ['registered_model_aliases', { ...ids, alias, version }];
    }
  }
  for await (const version of search(client, 'model-versions', 'model_versions')) {
    const ids = { name: version['name'], version: version['version'], workspace: 'default' };
    for (const { key, value } of listOf(version['tags'])) {
      yield ['model_version_tags', { ...ids, key, value: value ?? '' }];
    }
    yield [
      'model_versions',
      {
        ...ids,
        creation_time: version['creation_timestamp'] ?? null,
        last_updated_time: version['last_updated_timestamp'] ?? null,
        description: version['description'] ?? null,
        user_id: version['user_id'] ?? null,
        current_stage: version['current_stage'] ?? 'None',
        source: version['source'] ?? null,
        storage_location: version['source'] ?? null,
        run_id: version['run_id'] ?? null,
        run_link: version['run_link'] ?? null,
        status: version['status'] ?? 'READY',
        status_message: version['status_message'] ?? null,
      },
    ];
  }
}

async function* search(client: RestClient, path: string, list: string): AsyncGenerator<Json> {
  for (const filter of FILTERS) {
    yield* client.pages(list, (token) =>
      client.get(`/api/2.0/mlflow/${path}/search`, {
        max_results: String(PAGE),
        ...(filter === '' ? {} : { filter }),
        ...(token === undefined ? {} : { page_token: token }),
      }),
    );
  }
}
