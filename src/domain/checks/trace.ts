import { traceArtifactLocation } from '../artifact-uri.js';
import type { NewAssessment } from '../assessment.js';
import { cutToCodePoints, isLongerThan } from '../code-points.js';
import { invalidParameter } from '../errors.js';
import type { Int64 } from '../int64.js';
import {
  MAX_CLIENT_REQUEST_ID_LENGTH,
  MAX_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TRACE_ID_LENGTH,
  MAX_TRACE_PREVIEW_LENGTH,
  MAX_TRACES_PER_LINK,
  type ValueLimitOptions,
} from '../limits.js';
import { ARTIFACT_LOCATION_TAG, TRACE_INFO_FINALIZED_KEY } from '../tag-keys.js';
import type { Tag } from '../tag.js';
import { TOKEN_USAGE_KEY, tokenMetrics, type TraceMetric } from '../token-usage.js';
import {
  saysSpansInDatabase,
  type StartTrace,
  TRACE_STATES,
  type TraceState,
} from '../trace.js';
import { checkAssessments } from './assessment.js';
import { checkAssociatedId, checkExperimentId } from './ids.js';
import { lastOfEachKey } from './tag.js';
import { checkTime } from './time.js';
import {
  checkColumn,
  checkLength,
  invalidValue,
  limitLength,
  missingValue,
  within,
} from './values.js';

export interface CheckedTrace {
  readonly traceId: string;
  readonly experimentId: Int64;
  readonly requestTime: Int64;
  readonly executionDuration: Int64 | null;
  readonly state: TraceState;
  readonly clientRequestId: string | null;
  /** Cut where it is longer than the column. */
  readonly requestPreview: string | null;
  readonly responsePreview: string | null;
  /** Each key once, values cut where that is allowed. */
  readonly traceMetadata: readonly Tag[];
  /** As the metadata. */
  readonly tags: readonly Tag[];
  readonly metrics: readonly TraceMetric[];
  readonly assessments: readonly NewAssessment[];
}

/**
 * A trace that is logged. Unlike MLflow's, its tags and metadata are held to the lengths that
 * set-trace-tag has, its other texts to those of their columns, and its id must be fit to name a
 * folder: its artifacts lie there.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkStartTrace(
  trace: StartTrace,
  options: ValueLimitOptions = {},
): CheckedTrace {
  const { traceId, state, requestTime, executionDuration, clientRequestId } = trace;
  checkTraceId(traceId);
  const experimentId = checkExperimentId(trace.experimentId);
  if (!TRACE_STATES.includes(state)) {
    throw invalidValue('state', state, `It must be one of ${TRACE_STATES.join(', ')}.`);
  }
  if (clientRequestId !== undefined) {
    checkColumn('client_request_id', MAX_CLIENT_REQUEST_ID_LENGTH, clientRequestId);
  }
  const traceMetadata = checkTexts('trace_metadata', trace.traceMetadata ?? [], options);
  const usage = traceMetadata.find(({ key }) => key === TOKEN_USAGE_KEY)?.value;
  return {
    traceId,
    experimentId,
    requestTime: checkTime('request_time', requestTime),
    executionDuration:
      executionDuration === undefined ? null : checkTime('execution_duration', executionDuration),
    state,
    clientRequestId: clientRequestId ?? null,
    requestPreview: checkPreview('request_preview', trace.requestPreview, options),
    responsePreview: checkPreview('response_preview', trace.responsePreview, options),
    traceMetadata: lastOfEachKey([
      ...traceMetadata,
      // Says that times, tokens and costs are the client's own: spans that come later keep them.
      { key: TRACE_INFO_FINALIZED_KEY, value: 'true' },
    ]),
    // It comes with traces that another server had in its table. Here it would tell the client not to
    // keep the spans as an artifact, and readers to look for them in the table.
    tags: checkTexts('tags', trace.tags ?? [], options).filter((tag) => !saysSpansInDatabase(tag)),
    metrics: usage === undefined ? [] : tokenMetrics(usage),
    assessments: checkAssessments(trace.assessments ?? []),
  };
}

/** The tags with the place of the trace's artifacts, whatever the client said of it. */
export function withTraceLocation(
  tags: readonly Tag[],
  artifactLocation: string,
  traceId: string,
): readonly Tag[] {
  const value = traceArtifactLocation(artifactLocation, traceId);
  return lastOfEachKey([...tags, { key: ARTIFACT_LOCATION_TAG, value }]);
}

function checkTraceId(traceId: string): void {
  if (traceId === '') throw missingValue('trace_id');
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.:-]*$/u.test(traceId)) {
    throw invalidValue(
      'trace_id',
      traceId,
      'It names a folder: it may only contain letters, digits, underscores, dashes, periods and ' +
        'colons, and begins with one of the first three.',
    );
  }
  checkColumn('trace_id', MAX_TRACE_ID_LENGTH, traceId);
}

/** Any characters are allowed in the keys, as MLflow has it. */
function checkTexts(
  name: string,
  texts: readonly Tag[],
  { truncateLongValues = true }: ValueLimitOptions,
): readonly Tag[] {
  return lastOfEachKey(
    texts.map(({ key, value }) => {
      checkLength(`key of ${name}`, MAX_KEY_LENGTH, key);
      const path = within(name, key);
      return { key, value: limitLength(path, MAX_TAG_VALUE_LENGTH, value, truncateLongValues) };
    }),
  );
}

const CUT_MARK = '...';

/** A preview that is too long ends as those that MLflow makes of spans. */
function checkPreview(
  name: string,
  preview: string | undefined,
  { truncateLongValues = true }: ValueLimitOptions,
): string | null {
  if (preview === undefined) return null;
  if (!truncateLongValues) checkLength(name, MAX_TRACE_PREVIEW_LENGTH, preview);
  if (!isLongerThan(preview, MAX_TRACE_PREVIEW_LENGTH)) return preview;
  return cutToCodePoints(preview, MAX_TRACE_PREVIEW_LENGTH - CUT_MARK.length) + CUT_MARK;
}

/**
 * The traces of a link to a run, each once. Whether there are such things is not asked, as MLflow
 * doesn't.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkTraceLinks(traceIds: readonly string[], runId: string): readonly string[] {
  if (traceIds.length > MAX_TRACES_PER_LINK) {
    throw invalidParameter(
      `Cannot link more than ${MAX_TRACES_PER_LINK} traces to a run in a single request. ` +
        `Provided ${traceIds.length} traces.`,
    );
  }
  if (runId === '') throw missingValue('run_id');
  checkAssociatedId('run_id', runId);
  traceIds.forEach((traceId, index) => {
    const path = `trace_ids[${index}]`;
    if (traceId === '') throw missingValue(path);
    checkAssociatedId(path, traceId);
  });
  return [...new Set(traceIds)];
}
