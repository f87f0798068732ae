import { tableNames, type TableName } from './schema/index.js';

/** How CrateDB keeps a table. PostgreSQL has no use for any of it. */
export interface TableStorage {
  /**
   * Rows with the same value lie in one shard. Default: routed by the whole primary key.
   *
   * Of the primary key's columns, it must be the one declared first: CrateDB 6.4 builds a row's id
   * with the routing column first, but RETURNING of an updated row reads the key's columns from the
   * id in the order of their declaration, so that any other order returns them interchanged.
   */
  readonly clusteredBy?: string;
  /** Number of primary shards. */
  readonly shards: number;
  /** `number_of_replicas`, a count or a range: `0-1` is one as soon as a second node is there. */
  readonly replicas: string;
  /**
   * TEXT columns that hold more than 32,766 bytes, the most an indexed or column-stored text can
   * have. They are kept outside of both: a search on them scans, so none of them is what MLflow
   * usually searches by.
   * https://cratedb.com/docs/crate/reference/en/latest/general/ddl/storage.html
   */
  readonly largeText: readonly string[];
}

const DEFAULTS: TableStorage = { shards: 1, replicas: '0-1', largeText: [] };

/** What differs from {@link DEFAULTS}; figures and reasons in docs/storage.md. */
const storage: Partial<Record<TableName, Partial<TableStorage>>> = {
  // What belongs to a run lies in one shard: a read by run asks one, not all.
  metrics: { clusteredBy: 'run_uuid', shards: 4 },
  latest_metrics: { clusteredBy: 'run_uuid' },
  params: { clusteredBy: 'run_uuid' },
  tags: { clusteredBy: 'run_uuid' },

  // What belongs to a trace likewise.
  spans: { clusteredBy: 'trace_id', shards: 4, largeText: ['content'] },
  span_metrics: { clusteredBy: 'trace_id' },
  trace_tags: { clusteredBy: 'request_id' },
  trace_request_metadata: { clusteredBy: 'request_id' },
  trace_metrics: { clusteredBy: 'request_id' },
  assessments: { largeText: ['value', 'error', 'rationale', 'assessment_metadata'] },
  issues: { largeText: ['description', 'root_causes', 'categories'] },

  datasets: { largeText: ['dataset_source', 'dataset_schema', 'dataset_profile'] },
  evaluation_datasets: { largeText: ['schema', 'profile'] },
  logged_model_metrics: { clusteredBy: 'model_id' },
  logged_model_params: { clusteredBy: 'model_id' },
  logged_model_tags: { clusteredBy: 'model_id', largeText: ['tag_value'] },

  // Up to 100,000 characters; a prompt's text is such a tag.
  registered_model_tags: { largeText: ['value'] },
  model_version_tags: { largeText: ['value'] },

  scorer_versions: { clusteredBy: 'scorer_id', largeText: ['serialized_scorer'] },
  secrets: { largeText: ['encrypted_value', 'auth_config'] },
  endpoints: { largeText: ['fallback_config_json'] },
  jobs: { largeText: ['params', 'result'] },
  intents: { largeText: ['payload'] },
  // A prompt's text of 100,000 characters, and tags of as many.
  webhook_deliveries: { largeText: ['body'] },
};

/** How a table is kept: its own entry over the defaults. */
export function storageOf(name: TableName): TableStorage {
  return { ...DEFAULTS, ...storage[name] };
}

/** All of them, for documentation and tests. */
export function allStorage(): Record<TableName, TableStorage> {
  return Object.fromEntries(tableNames.map((name) => [name, storageOf(name)])) as Record<
    TableName,
    TableStorage
  >;
}
