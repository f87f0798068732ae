import { readFileSync } from 'node:fs';

import { sqlparse } from '@cratedb/cratedb-sqlparse';
import { describe, expect, it } from 'vitest';

import { renderCrate, renderDrop, renderPostgres, tableNames } from '../../ddl/index.js';
import { sqlFiles } from '../../ddl/render/files.js';

function find(statements: readonly string[], start: string): string | undefined {
  return statements.find((statement) => statement.startsWith(start));
}

function syntaxErrors(text: string): string[] {
  return sqlparse(text).flatMap((statement) => {
    // Null where there is none, whatever the parser's types say.
    const exception: unknown = statement.exception;
    return exception instanceof Error ? [`${exception.message}: ${text.slice(0, 200)}`] : [];
  });
}

describe('renderCrate', () => {
  it('metrics', () => {
    expect(find(renderCrate(), 'CREATE TABLE IF NOT EXISTS "mlflow"."metrics"')).toBe(
      `CREATE TABLE IF NOT EXISTS "mlflow"."metrics" (
  "run_uuid" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "value" DOUBLE PRECISION NOT NULL,
  "timestamp" BIGINT NOT NULL,
  "step" BIGINT NOT NULL,
  "is_nan" BOOLEAN NOT NULL,
  PRIMARY KEY ("run_uuid", "key", "timestamp", "step", "value", "is_nan")
) CLUSTERED BY ("run_uuid") INTO 4 SHARDS
WITH (number_of_replicas = '0-1')`,
    );
  });

  it('datasets, with texts too large to be indexed', () => {
    expect(find(renderCrate(), 'CREATE TABLE IF NOT EXISTS "mlflow"."datasets"')).toBe(
      `CREATE TABLE IF NOT EXISTS "mlflow"."datasets" (
  "dataset_uuid" TEXT NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "name" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "dataset_source_type" TEXT NOT NULL,
  "dataset_source" TEXT NOT NULL INDEX OFF STORAGE WITH (columnstore = false),
  "dataset_schema" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  "dataset_profile" TEXT INDEX OFF STORAGE WITH (columnstore = false),
  PRIMARY KEY ("experiment_id", "name", "digest")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1')`,
    );
  });

  it('trace_info, with room for characters of two UTF-16 units where users write', () => {
    expect(find(renderCrate(), 'CREATE TABLE IF NOT EXISTS "mlflow"."trace_info"')).toBe(
      `CREATE TABLE IF NOT EXISTS "mlflow"."trace_info" (
  "request_id" VARCHAR(50) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "timestamp_ms" BIGINT NOT NULL,
  "execution_time_ms" BIGINT,
  "status" VARCHAR(50) NOT NULL,
  "client_request_id" VARCHAR(50),
  "request_preview" VARCHAR(2000),
  "response_preview" VARCHAR(2000),
  PRIMARY KEY ("request_id")
) CLUSTERED INTO 1 SHARDS
WITH (number_of_replicas = '0-1')`,
    );
  });

  it('takes another schema, shards and replicas', () => {
    const statements = renderCrate({ schema: 'my "own"', shards: 2, replicas: 1 });
    expect(statements).toHaveLength(tableNames.length);
    for (const statement of statements) {
      expect(statement).toMatch(/^CREATE TABLE IF NOT EXISTS "my ""own"""\."\w+" \(/);
      expect(statement).toMatch(/INTO 2 SHARDS\nWITH \(number_of_replicas = '1'\)$/);
    }
  });

  it('passes CrateDB’s own grammar', () => {
    expect([...renderCrate(), ...renderDrop()].flatMap(syntaxErrors)).toEqual([]);
    // The check itself: this is no statement of CrateDB's.
    expect(syntaxErrors('DROP TABLE a, b')).not.toEqual([]);
  });
});

describe('renderPostgres', () => {
  it('starts with the schema', () => {
    expect(renderPostgres({ schema: 'other' })[0]).toBe('CREATE SCHEMA IF NOT EXISTS "other"');
  });

  it('spans, with a generated column, and their indexes', () => {
    const statements = renderPostgres().filter((statement) => statement.includes('"spans"'));
    expect(statements).toEqual([
      `CREATE TABLE IF NOT EXISTS "mlflow"."spans" (
  "trace_id" VARCHAR(50) NOT NULL,
  "experiment_id" BIGINT NOT NULL,
  "span_id" VARCHAR(50) NOT NULL,
  "parent_span_id" VARCHAR(50),
  "name" TEXT,
  "type" VARCHAR(500),
  "status" VARCHAR(50) NOT NULL,
  "start_time_unix_nano" BIGINT NOT NULL,
  "end_time_unix_nano" BIGINT,
  "duration_ns" BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED,
  "content" TEXT NOT NULL,
  "dimension_attributes" JSONB,
  PRIMARY KEY ("trace_id", "span_id")
)`,
      'CREATE INDEX IF NOT EXISTS "index_spans_experiment_id_duration"' +
        ' ON "mlflow"."spans" ("experiment_id", "duration_ns")',
      'CREATE INDEX IF NOT EXISTS "index_spans_experiment_id_status_type"' +
        ' ON "mlflow"."spans" ("experiment_id", "status", "type")',
      'CREATE INDEX IF NOT EXISTS "index_spans_experiment_id_type_status"' +
        ' ON "mlflow"."spans" ("experiment_id", "type", "status")',
    ]);
  });

  it('knows PostgreSQL’s name for a random UUID', () => {
    const key = '"key" TEXT DEFAULT gen_random_uuid()::text NOT NULL';
    expect(renderPostgres().join('\n')).toContain(key);
  });
});

describe('renderDrop', () => {
  it('drops the last made first', () => {
    const statements = renderDrop({ schema: 'other' });
    expect(statements).toHaveLength(tableNames.length);
    expect(statements[0]).toBe('DROP TABLE IF EXISTS "other"."schema_version"');
    expect(statements.at(-1)).toBe('DROP TABLE IF EXISTS "other"."workspaces"');
  });
});

describe('the committed SQL files', () => {
  it.each(Object.entries(sqlFiles()))('%s is in step with the definitions', (path, text) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
  });

  it.each(Object.entries(sqlFiles()))('%s passes CrateDB’s own grammar whole', (_path, text) => {
    expect(sqlparse(text)).toHaveLength(tableNames.length);
    expect(syntaxErrors(text)).toEqual([]);
  });
});
