/**
 * MLflow's tracking store on CrateDB or embedded, with no server between.
 * @module mlflow-cratedb
 */
export { openStore, type OpenStoreOptions, type Store } from './open-store.js';
export type { DB } from '../ddl/index.js';
export * from './domain/index.js';
export type { ArtifactRepository } from './artifacts/index.js';
export type { ModelRegistryStore, TrackingStore, WebhookStore } from './store/index.js';
export type { WebhookDeliveryOptions } from './webhooks/index.js';
