import type { Assessment, NewAssessment } from './assessment.js';
import type { Int64 } from './int64.js';
import { SPANS_IN_DATABASE, SPANS_LOCATION_TAG } from './tag-keys.js';
import type { Tag } from './tag.js';

/** How a trace ended, or that it hasn't. Any change is allowed, also back. */
export const TRACE_STATES = ['STATE_UNSPECIFIED', 'OK', 'ERROR', 'IN_PROGRESS'] as const;

export type TraceState = (typeof TRACE_STATES)[number];

/**
 * What is known of a trace, apart from its spans.
 * @see https://mlflow.org/docs/latest/api_reference/python_api/mlflow.entities.html#mlflow.entities.TraceInfo
 */
export interface TraceInfo {
  /** Chosen by the client: `tr-` and 32 hex digits. */
  readonly traceId: string;
  readonly experimentId: string;
  /** ms since the epoch. */
  readonly requestTime: Int64;
  /** In ms. Absent where the trace hasn't ended. */
  readonly executionDuration?: Int64 | undefined;
  readonly state: TraceState;
  /** The caller's own id. */
  readonly clientRequestId?: string | undefined;
  readonly requestPreview?: string | undefined;
  readonly responsePreview?: string | undefined;
  /** Written when the trace is logged, each key once. */
  readonly traceMetadata: readonly Tag[];
  /** May change later, each key once. */
  readonly tags: readonly Tag[];
  /** The oldest first. */
  readonly assessments: readonly Assessment[];
}

/** Whether the database has the spans of a trace; else they are an artifact of it. */
export function hasSpansInDatabase({ tags }: TraceInfo): boolean {
  return tags.some(saysSpansInDatabase);
}

/** Of a tag of a trace. */
export function saysSpansInDatabase({ key, value }: Tag): boolean {
  return key === SPANS_LOCATION_TAG && value === SPANS_IN_DATABASE;
}

/** A trace with its spans. */
export interface Trace {
  readonly info: TraceInfo;
  /** Roots first, then by start. */
  readonly spans: readonly Span[];
}

/** A step of a trace. */
export interface Span {
  /** The whole span as JSON, in the form in which MLflow keeps it. */
  readonly content: string;
}

/** A trace to be logged. */
export interface StartTrace extends Omit<TraceInfo, 'traceMetadata' | 'tags' | 'assessments'> {
  readonly traceMetadata?: readonly Tag[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** Default: none. */
  readonly assessments?: readonly NewAssessment[] | undefined;
}
