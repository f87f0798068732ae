import type { Int64 } from './int64.js';
import type { Tag } from './tag.js';

export const ASSESSMENT_SOURCE_TYPES = [
  'SOURCE_TYPE_UNSPECIFIED',
  'HUMAN',
  'LLM_JUDGE',
  'CODE',
] as const;

export type AssessmentSourceType = (typeof ASSESSMENT_SOURCE_TYPES)[number];

/** Why there is no value. */
export interface AssessmentError {
  readonly errorCode: string;
  readonly errorMessage?: string | undefined;
  readonly stackTrace?: string | undefined;
}

/** What is said of a trace. Values are JSON, as text: so no number is rounded on its way. */
export type AssessmentValue =
  | {
      readonly kind: 'feedback';
      readonly valueJson: string;
      readonly error?: AssessmentError | undefined;
    }
  | { readonly kind: 'expectation'; readonly valueJson: string }
  | { readonly kind: 'issue'; readonly issueName: string };

/**
 * Feedback on a trace or a span of it, what it should have been, or an issue found in it.
 * @see https://mlflow.org/docs/latest/api_reference/python_api/mlflow.entities.html#mlflow.entities.Assessment
 */
export interface Assessment {
  /** `a-` and 32 hex digits. */
  readonly assessmentId: string;
  readonly traceId: string;
  /** Of an issue: its id. */
  readonly name: string;
  readonly value: AssessmentValue;
  readonly sourceType: AssessmentSourceType;
  readonly sourceId?: string | undefined;
  /** ms since the epoch. */
  readonly createTime: Int64;
  /** ms since the epoch. */
  readonly lastUpdateTime: Int64;
  readonly spanId?: string | undefined;
  readonly rationale?: string | undefined;
  readonly metadata: readonly Tag[];
  /** The assessment of which this one takes the place. */
  readonly overrides?: string | undefined;
  /** False where another has taken its place. */
  readonly valid: boolean;
}

/** One that comes with its trace. It begins valid. */
export interface NewAssessment
  extends Omit<
    Assessment,
    'assessmentId' | 'traceId' | 'valid' | 'createTime' | 'lastUpdateTime' | 'metadata'
  > {
  /** Default: made of the trace's id and the assessment's place, so that a repeat has the same. */
  readonly assessmentId?: string | undefined;
  /** ms since the epoch. Default: now. */
  readonly createTime?: Int64 | undefined;
  /** ms since the epoch. Default: now. */
  readonly lastUpdateTime?: Int64 | undefined;
  readonly metadata?: readonly Tag[] | undefined;
}
