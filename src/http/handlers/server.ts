import { htmlResponse, jsonResponse } from '../operation.js';
import type { Operation } from '../operation.js';

/** The version of MLflow whose REST API this is; clients decide by it what they may ask for. */
export const MLFLOW_VERSION = '3.12.0';

export const serverOperations = {
  health: ({ c }) => htmlResponse(c, 'OK'),
  version: ({ c }) => htmlResponse(c, MLFLOW_VERSION),
  // MLflow's name for a store in a database.
  getServerInfo: ({ c }) => jsonResponse(c, '{"store_type":"SqlStore","workspaces_enabled":false}'),
} satisfies Record<string, Operation>;
