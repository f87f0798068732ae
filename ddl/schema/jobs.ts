import { doublePrecision, index, integer, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow, object, workspaceName } from './columns.js';

// Background jobs.

/** A background job. `status` is MLflow's number for it; `params` and `result` are JSON. */
export const jobs = mlflow.table(
  'jobs',
  {
    id: varchar({ length: 36 }).primaryKey(),
    creation_time: int64().notNull(),
    job_name: varchar({ length: 500 }).notNull(),
    params: text().notNull(),
    timeout: doublePrecision(),
    status: integer().notNull(),
    result: text(),
    retry_count: integer().notNull(),
    last_update_time: int64().notNull(),
    workspace: workspaceName(),
    status_details: object(),
  },
  (table) => [
    index('index_jobs_name_status_creation_time').on(
      table.job_name,
      table.workspace,
      table.status,
      table.creation_time,
    ),
  ],
);
