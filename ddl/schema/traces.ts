import { sql } from 'drizzle-orm';
import { doublePrecision, index, primaryKey, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow, object } from './columns.js';

// Traces and their spans.

/** A trace. */
export const traceInfo = mlflow.table(
  'trace_info',
  {
    request_id: varchar({ length: 50 }).primaryKey(),
    experiment_id: int64().notNull(),
    timestamp_ms: int64().notNull(),
    execution_time_ms: int64(),
    status: varchar({ length: 50 }).notNull(),
    client_request_id: varchar({ length: 50 }),
    request_preview: varchar({ length: 1000 }),
    response_preview: varchar({ length: 1000 }),
  },
  (table) => [
    index('index_trace_info_experiment_id_timestamp_ms').on(
      table.experiment_id,
      table.timestamp_ms,
    ),
  ],
);

/** A tag of a trace: may change. Up to 8,000 characters. */
export const traceTags = mlflow.table(
  'trace_tags',
  {
    request_id: text().notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.request_id, table.key] })],
);

/** Metadata of a trace: written once. Up to 8,000 characters. */
export const traceRequestMetadata = mlflow.table(
  'trace_request_metadata',
  {
    request_id: text().notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.request_id, table.key] })],
);

/** A number of a trace, for example its tokens. */
export const traceMetrics = mlflow.table(
  'trace_metrics',
  {
    request_id: varchar({ length: 50 }).notNull(),
    key: varchar({ length: 250 }).notNull(),
    value: doublePrecision(),
  },
  (table) => [primaryKey({ columns: [table.request_id, table.key] })],
);

/** A span. `content` is the whole span as JSON; the other columns are what is searched. */
export const spans = mlflow.table(
  'spans',
  {
    trace_id: varchar({ length: 50 }).notNull(),
    experiment_id: int64().notNull(),
    span_id: varchar({ length: 50 }).notNull(),
    parent_span_id: varchar({ length: 50 }),
    name: text(),
    type: varchar({ length: 500 }),
    status: varchar({ length: 50 }).notNull(),
    start_time_unix_nano: int64().notNull(),
    end_time_unix_nano: int64(),
    duration_ns: int64().generatedAlwaysAs(sql`end_time_unix_nano - start_time_unix_nano`),
    content: text().notNull(),
    dimension_attributes: object(),
  },
  (table) => [
    primaryKey({ columns: [table.trace_id, table.span_id] }),
    index('index_spans_experiment_id_duration').on(table.experiment_id, table.duration_ns),
    index('index_spans_experiment_id_status_type').on(
      table.experiment_id,
      table.status,
      table.type,
    ),
    index('index_spans_experiment_id_type_status').on(
      table.experiment_id,
      table.type,
      table.status,
    ),
  ],
);

/** A number of a span, for example its cost. */
export const spanMetrics = mlflow.table(
  'span_metrics',
  {
    trace_id: varchar({ length: 50 }).notNull(),
    span_id: varchar({ length: 50 }).notNull(),
    key: varchar({ length: 250 }).notNull(),
    value: doublePrecision(),
  },
  (table) => [primaryKey({ columns: [table.trace_id, table.span_id, table.key] })],
);
