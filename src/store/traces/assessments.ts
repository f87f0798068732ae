import { unnest } from '../../../dialect/index.js';
import type { Assessment, NewAssessment } from '../../domain/assessment.js';
import { compareInt64 } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import {
  ASSESSMENT_COLUMNS,
  type AssessmentRow,
  toAssessment,
  toAssessmentRow,
} from './assessment-rows.js';

/**
 * One statement; one that stands is replaced, but for what another has made of its `valid`. Answers
 * them as they were sent.
 */
export async function writeAssessments(
  context: StoreContext,
  traceId: string,
  assessments: readonly NewAssessment[],
): Promise<readonly Assessment[]> {
  if (assessments.length === 0) return [];
  const now = context.now();
  const byId = new Map(
    assessments
      .map((assessment, place) => toAssessmentRow(traceId, assessment, place, now))
      .map((row) => [row.assessment_id, row]),
  );
  const rows = [...byId.values()].sort(oldestFirst);
  const text = (column: (row: AssessmentRow) => string | null) =>
    ({ type: 'text', values: rows.map(column) }) as const;
  const integer = (column: (row: AssessmentRow) => Int64) =>
    ({ type: 'bigint', values: rows.map(column) }) as const;
  await context.db
    .insertInto('assessments')
    .columns(ASSESSMENT_COLUMNS)
    .expression(
      context.db
        .selectFrom(
          unnest('assessment', {
            assessment_id: text((row) => row.assessment_id),
            trace_id: text((row) => row.trace_id),
            name: text((row) => row.name),
            assessment_type: text((row) => row.assessment_type),
            value: text((row) => row.value),
            error: text((row) => row.error),
            created_timestamp: integer((row) => row.created_timestamp),
            last_updated_timestamp: integer((row) => row.last_updated_timestamp),
            source_type: text((row) => row.source_type),
            source_id: text((row) => row.source_id),
            run_id: text((row) => row.run_id),
            span_id: text((row) => row.span_id),
            rationale: text((row) => row.rationale),
            overrides: text((row) => row.overrides),
            valid: { type: 'boolean', values: rows.map((row) => row.valid) },
            assessment_metadata: text((row) => row.assessment_metadata),
          }),
        )
        .selectAll(),
    )
    .onConflict((conflict) =>
      conflict.column('assessment_id').doUpdateSet((eb) => ({
        trace_id: eb.ref('excluded.trace_id'),
        name: eb.ref('excluded.name'),
        assessment_type: eb.ref('excluded.assessment_type'),
        value: eb.ref('excluded.value'),
        error: eb.ref('excluded.error'),
        created_timestamp: eb.ref('excluded.created_timestamp'),
        last_updated_timestamp: eb.ref('excluded.last_updated_timestamp'),
        source_type: eb.ref('excluded.source_type'),
        source_id: eb.ref('excluded.source_id'),
        run_id: eb.ref('excluded.run_id'),
        span_id: eb.ref('excluded.span_id'),
        rationale: eb.ref('excluded.rationale'),
        overrides: eb.ref('excluded.overrides'),
        assessment_metadata: eb.ref('excluded.assessment_metadata'),
      })),
    )
    .execute();
  return rows.map(toAssessment);
}

/** The oldest first. */
export async function readAssessments(
  { db }: StoreContext,
  traceIds: readonly string[],
): Promise<(traceId: string) => readonly Assessment[]> {
  const rows = await db
    .selectFrom('assessments')
    .select(ASSESSMENT_COLUMNS)
    .where(isOneOf('trace_id', 'text', traceIds))
    .orderBy('created_timestamp')
    .orderBy('assessment_id')
    .execute();
  const rowsOf = Map.groupBy(rows, (row) => row.trace_id);
  return (traceId) => (rowsOf.get(traceId) ?? []).map(toAssessment);
}

function oldestFirst(a: AssessmentRow, b: AssessmentRow): number {
  return (
    compareInt64(a.created_timestamp, b.created_timestamp) ||
    (a.assessment_id < b.assessment_id ? -1 : 1)
  );
}
