import { boolean, index, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow } from './columns.js';

// Feedback and expectations on traces, and the issues found by them.

/** Feedback on, or an expectation of, a trace or span; values are JSON. */
export const assessments = mlflow.table(
  'assessments',
  {
    assessment_id: varchar({ length: 50 }).primaryKey(),
    trace_id: varchar({ length: 50 }).notNull(),
    name: varchar({ length: 250 }).notNull(),
    assessment_type: varchar({ length: 20 }).notNull(),
    value: text().notNull(),
    error: text(),
    created_timestamp: int64().notNull(),
    last_updated_timestamp: int64().notNull(),
    source_type: varchar({ length: 50 }).notNull(),
    source_id: varchar({ length: 250 }),
    run_id: varchar({ length: 32 }),
    span_id: varchar({ length: 50 }),
    rationale: text(),
    overrides: varchar({ length: 50 }),
    valid: boolean().notNull(),
    assessment_metadata: text(),
  },
  (table) => [
    index('index_assessments_assessment_type').on(table.assessment_type),
    index('index_assessments_last_updated_timestamp').on(table.last_updated_timestamp),
    index('index_assessments_run_id_created_timestamp').on(table.run_id, table.created_timestamp),
    index('index_assessments_trace_id_created_timestamp').on(
      table.trace_id,
      table.created_timestamp,
    ),
  ],
);

/**
 * A problem found in traces. `experiment_id` is wider than in the schema this follows, as wide as
 * experiments has it.
 */
export const issues = mlflow.table(
  'issues',
  {
    issue_id: varchar({ length: 36 }).primaryKey(),
    experiment_id: int64().notNull(),
    name: varchar({ length: 250 }).notNull(),
    description: text().notNull(),
    status: varchar({ length: 50 }).notNull(),
    severity: varchar({ length: 50 }),
    root_causes: text(),
    source_run_id: varchar({ length: 32 }),
    categories: text(),
    created_timestamp: int64().notNull(),
    last_updated_timestamp: int64().notNull(),
    created_by: varchar({ length: 255 }),
  },
  (table) => [
    index('index_issues_created_by').on(table.created_by),
    index('index_issues_experiment_id').on(table.experiment_id),
    index('index_issues_source_run_id').on(table.source_run_id),
    index('index_issues_status').on(table.status),
  ],
);
