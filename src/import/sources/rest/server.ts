import type { TableName } from '../../../../ddl/index.js';
import type { ImportSource, SourceRow } from '../../contract.js';
import { ImportSourceError } from '../../errors.js';
import { traceTables } from '../trace-rows.js';
import { type Json, listOf, type RestClient, restClient } from './client.js';
import { serverLoggedModelRows } from './logged-models.js';
import { serverModelBelongingRows, serverModelRows } from './registry.js';
import { serverRunRows } from './runs.js';
import { serverTraceRows } from './traces.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

const PAGE = 1_000;

/**
 * Opens another server by its REST API, which tells less than its database does.
 *
 * @throws ImportSourceError
 */
export async function openServer(from: string): Promise<ImportSource> {
  const url = parseUrl(from);
  const client = restClient(url, process.env);
  const experiments = await allExperiments(client);
  let hasTraces = true;
  const ofEach = async function* (rows: (experimentId: string) => Rows): Rows {
    for (const { experiment_id: id } of experiments) yield* rows(String(id));
  };
  return {
    description: `server ${url.origin}${url.pathname}`,
    passes: [
      {
        tables: ['experiments'],
        // eslint-disable-next-line @typescript-eslint/require-await -- they were read above
        read: async function* (): Rows {
          for (const experiment of experiments) yield ['experiments', experimentRow(experiment)];
        },
      },
      {
        tables: ['experiment_tags'],
        // eslint-disable-next-line @typescript-eslint/require-await -- they were read above
        read: async function* (): Rows {
          for (const { experiment_id, tags } of experiments) {
            for (const { key, value } of listOf(tags)) {
              yield ['experiment_tags', { experiment_id, key, value: value ?? '' }];
            }
          }
        },
      },
      { tables: ['registered_models'], read: () => serverModelRows(client) },
      {
        tables: [
          'registered_model_tags',
          'registered_model_aliases',
          'model_version_tags',
          'model_versions',
        ],
        read: () => serverModelBelongingRows(client),
      },
      {
        tables: [
          'metrics',
          'latest_metrics',
          'params',
          'tags',
          'datasets',
          'input_tags',
          'inputs',
          'runs',
        ],
        read: () => ofEach((id) => serverRunRows(client, id)),
      },
      {
        tables: ['spans', ...traceTables, 'trace_info'],
        read: () =>
          ofEach((id) =>
            serverTraceRows(client, id, () => {
              hasTraces = false;
            }),
          ),
      },
      {
        tables: [
          'logged_model_params',
          'logged_model_tags',
          'logged_model_metrics',
          'logged_models',
        ],
        read: () => ofEach((id) => serverLoggedModelRows(client, id)),
      },
    ],
    leftOut: [],
    get notes() {
      return [
        'a server does not tell: deleted logged models, all but the newest points of their metrics, when a' +
          ' run was deleted, ids of datasets and inputs (new ones are made), metrics of spans',
        'not asked for: evaluation datasets, scorers, issues, webhooks, jobs, the gateway',
        ...(hasTraces ? [] : ['traces: the server has no endpoint to search them']),
      ];
    },
    count: () => Promise.resolve(undefined),
    merged: () => 0,
    close: () => Promise.resolve(),
  };
}

function parseUrl(from: string): URL {
  try {
    return new URL(from);
  } catch {
    throw new ImportSourceError("The server's address is no URL");
  }
}

async function allExperiments(client: RestClient): Promise<Json[]> {
  const found: Json[] = [];
  const pages = client.pages('experiments', (token) =>
    client.post('/api/2.0/mlflow/experiments/search', {
      view_type: 'ALL',
      max_results: PAGE,
      ...(token === undefined ? {} : { page_token: token }),
    }),
  );
  for await (const experiment of pages) found.push(experiment);
  return found;
}

function experimentRow(experiment: Json): SourceRow {
  return {
    experiment_id: experiment['experiment_id'],
    name: experiment['name'],
    artifact_location: experiment['artifact_location'] ?? null,
    lifecycle_stage: experiment['lifecycle_stage'] ?? 'active',
    creation_time: experiment['creation_time'] ?? null,
    last_update_time: experiment['last_update_time'] ?? null,
    workspace: 'default',
  };
}
