/**
 * MLflow's REST API as a handler made from a store, and a server for it.
 * @module
 */
export { createApp, createHandler } from './app.js';
export type { Environment } from './environment.js';
export { MLFLOW_VERSION } from './handlers/server.js';
export type { AppOptions, Logger, ServedStore } from './options.js';
export { serve } from './serve.js';
export type { RunningServer, ServeOptions } from './serve.js';
