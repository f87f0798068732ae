import { text, varchar } from 'drizzle-orm/pg-core';

import { mlflow } from './columns.js';

// Workspaces: the tenants of one server.

/** A tenant. Without the feature there is one, named `default`. */
export const workspaces = mlflow.table('workspaces', {
  name: varchar({ length: 63 }).primaryKey(),
  description: text(),
  default_artifact_root: text(),
});
