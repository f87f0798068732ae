import { join, resolve } from 'node:path';

import type { Kysely } from 'kysely';

import type { DB } from '../ddl/types.js';
import { type ArtifactRepository, createArtifacts } from './artifacts/index.js';
import { DEFAULT_DATA_FOLDER, isEmbeddedUri, openDatabase, type OpenDatabaseOptions } from './db/open.js';
import {
  createRepositories,
  type ModelRegistryStore,
  type TrackingStore,
  type WebhookStore,
} from './store/index.js';
import { withNeutralErrors } from './store/neutral-errors.js';
import {
  createWebhookParts,
  type SecretKeySource,
  startDelivering,
  type WebhookDeliveryOptions,
} from './webhooks/index.js';

export interface OpenStoreOptions extends OpenDatabaseOptions {
  /**
   * Where new experiments keep their artifacts. Default: `mlflow-artifacts:/`, which means
   * `artifactsDestination`, through a server or directly.
   */
  readonly defaultArtifactRoot?: string | undefined;
  /**
   * The folder behind `mlflow-artifacts:/`. Default: `<dataFolder>/artifacts` for the embedded
   * database, else `./mlartifacts`.
   */
  readonly artifactsDestination?: string | undefined;
  /** Cut long param and tag values instead of refusing them, as MLflow does. Default: true. */
  readonly truncateLongValues?: boolean | undefined;
  /** How often changes that a dead process left unfinished are looked for. Default: 60,000 ms. */
  readonly sweepIntervalMs?: number | undefined;
  /** How webhooks are kept and delivered. Default: as docs/webhooks.md says; it delivers. */
  readonly webhooks?: WebhookDeliveryOptions | undefined;
}

/** The whole store: MLflow's methods, the typed database under them, and the artifacts. */
export interface Store extends TrackingStore, ModelRegistryStore, WebhookStore {
  /** For your own typed SQL over MLflow's tables. */
  readonly db: Kysely<DB>;
  readonly artifacts: ArtifactRepository;
  /** Which database, for a log line. */
  readonly description: string;
  /** Fails with TEMPORARILY_UNAVAILABLE where the database doesn't answer. */
  ping(): Promise<void>;
  /** Waits for webhooks that are being called. */
  close(): Promise<void>;
}

/**
 * Opens a store, its tables made where they are missing.
 *
 * @param uri `crate://crate@localhost/?schema=mlflow`, `pglite:<folder>`, `pglite:memory`, or
 *   nothing for the embedded database under `./mlflow-data`.
 * @example
 * const store = await openStore();
 * const experimentId = await store.createExperiment({ name: 'first' });
 * const run = await store.createRun({ experimentId, startTime: Date.now() });
 * await store.logBatch(run.info.runId, { params: [{ key: 'lr', value: '0.1' }] });
 * await store.close();
 */
export async function openStore(uri?: string, options: OpenStoreOptions = {}): Promise<Store> {
  const webhookOptions = options.webhooks ?? {};
  const webhookParts = createWebhookParts(webhookOptions, secretKeySource(uri, options));
  const database = await openDatabase(uri, options);
  const context = {
    db: database.db,
    workspace: 'default',
    artifactRoot: options.defaultArtifactRoot ?? 'mlflow-artifacts:/',
    truncateLongValues: options.truncateLongValues ?? true,
    now: () => Date.now(),
  };
  const { tracking, registry, webhooks, prepare, finishAbandoned } = createRepositories(
    context,
    webhookParts,
  );
  try {
    await prepare();
  } catch (error) {
    await database.close();
    throw error;
  }
  const sweep = setInterval(() => {
    // What fails now (the database is away, say) is tried again at the next turn.
    finishAbandoned().catch(() => undefined);
  }, options.sweepIntervalMs ?? 60_000);
  sweep.unref();
  const delivering = startDelivering(webhooks, webhookParts, webhookOptions);

  async function ping(): Promise<void> {
    await database.db
      .selectFrom('sequences')
      .select('value')
      .where('name', '=', 'experiments')
      .execute();
  }

  return {
    ...withNeutralErrors({
      ...tracking,
      ...registry,
      ...webhooks.repository,
      testWebhook: delivering.testWebhook,
      ping,
    }),
    db: database.db,
    description: database.description,
    artifacts: createArtifacts({ destination: artifactsDestination(uri, options) }),
    async close() {
      clearInterval(sweep);
      await delivering.stop();
      await database.close();
    },
  };
}

function artifactsDestination(uri: string | undefined, options: OpenStoreOptions): string {
  if (options.artifactsDestination !== undefined) return options.artifactsDestination;
  if (!isEmbeddedUri(uri)) return resolve('./mlartifacts');
  const folder = folderNamed(uri) ?? options.dataFolder ?? DEFAULT_DATA_FOLDER;
  return resolve(join(folder, 'artifacts'));
}

/** One process has the folder: its key can lie there. Servers of a cluster must be given one. */
function secretKeySource(uri: string | undefined, options: OpenStoreOptions): SecretKeySource {
  if (!isEmbeddedUri(uri)) return { kind: 'none' };
  if (uri === 'pglite:memory') return { kind: 'memory' };
  const folder = folderNamed(uri) ?? options.dataFolder ?? DEFAULT_DATA_FOLDER;
  return { kind: 'file', path: resolve(join(folder, 'webhook-secrets.key')) };
}

/** The folder that the URI names; undefined where it names none, or memory. */
function folderNamed(uri: string | undefined): string | undefined {
  const named = uri?.slice('pglite:'.length) ?? '';
  return named === '' || named === 'memory' ? undefined : named;
}
