import type { StartTrace, Trace, TraceInfo, TraceState } from '../domain/trace.js';

import { assessmentObject, newAssessment } from './assessments.js';
import { textOrEmpty } from './common.js';
import { object, optionalText, repeated, text } from './encode.js';
import type { Decoded, Decoder } from './fields.js';
import {
  bool,
  enumeration,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  withDefault,
} from './fields.js';
import { brokenRule, FieldProblem } from './problems.js';
import { spanObject } from './spans.js';
import {
  duration,
  durationJson,
  textMap,
  textMapJson,
  timestamp,
  timestampJson,
} from './well-known-types.js';

const EXPERIMENT_LOCATION = 'MLFLOW_EXPERIMENT';

const wireLocation = message({
  type: withDefault(
    enumeration({
      TRACE_LOCATION_TYPE_UNSPECIFIED: 0,
      [EXPERIMENT_LOCATION]: 1,
      INFERENCE_TABLE: 2,
    }),
    'TRACE_LOCATION_TYPE_UNSPECIFIED',
  ),
  mlflow_experiment: optional(message({ experiment_id: required(string) })),
});

/** The experiment of a trace; other places of traces are Databricks' own. */
const experimentOfLocation: Decoder<string> = {
  decode: (value) => {
    const { type, mlflow_experiment: experiment } = wireLocation.decode(value);
    if (type !== EXPERIMENT_LOCATION || experiment === undefined) {
      throw new FieldProblem((path) =>
        brokenRule(
          `Parameter '${path}' must be of the type ${EXPERIMENT_LOCATION} and have an ` +
            'mlflow_experiment.',
        ),
      );
    }
    return experiment.experiment_id;
  },
};

const state: Decoder<TraceState> = enumeration({
  STATE_UNSPECIFIED: 0,
  OK: 1,
  ERROR: 2,
  IN_PROGRESS: 3,
});

const traceInfo = message({
  trace_id: required(string),
  client_request_id: optional(string),
  trace_location: required(experimentOfLocation),
  request_preview: optional(string),
  response_preview: optional(string),
  request_time: withDefault(timestamp, 0),
  execution_duration: optional(duration),
  state: withDefault(state, 'STATE_UNSPECIFIED'),
  trace_metadata: textMap,
  assessments: list(newAssessment),
  tags: textMap,
});

export const startTrace = message({
  trace: required(message({ trace_info: required(traceInfo) })),
});

export function startTraceOf(wire: Decoded<typeof traceInfo>): StartTrace {
  return {
    traceId: wire.trace_id,
    experimentId: wire.trace_location,
    requestTime: wire.request_time,
    executionDuration: wire.execution_duration,
    state: wire.state,
    clientRequestId: wire.client_request_id,
    requestPreview: wire.request_preview,
    responsePreview: wire.response_preview,
    traceMetadata: wire.trace_metadata,
    tags: wire.tags,
    assessments: wire.assessments,
  };
}

export const getTrace = message({
  trace_id: required(string),
  allow_partial: withDefault(bool, false),
});

/** Traces, or what is known of them. */
export const batchGetTraces = message({ trace_ids: required(list(string)) });

export const getTraceArtifact = message({ request_id: nonEmpty, path: nonEmpty });

export const setTraceTag = message({ key: required(string), value: textOrEmpty });

export const deleteTraceTag = message({ key: required(string) });

export const linkTracesToRun = message({
  trace_ids: required(list(string)),
  run_id: required(string),
});

export const linkPromptsToTrace = message({
  trace_id: required(string),
  prompt_versions: required(
    list(message({ name: required(string), version: required(string) })),
  ),
});

export function encodeTraceInfo(info: TraceInfo): string {
  return object(['trace', object(['trace_info', traceInfoObject(info)])]);
}

export function encodeTraceInfos(infos: readonly TraceInfo[]): string {
  return object(['trace_infos', repeated(infos, traceInfoObject)]);
}

export function encodeTrace(trace: Trace): string {
  return object(['trace', traceObject(trace)]);
}

export function encodeTraces(traces: readonly Trace[]): string {
  return object(['traces', repeated(traces, traceObject)]);
}

function traceObject({ info, spans }: Trace): string {
  return object(['trace_info', traceInfoObject(info)], ['spans', repeated(spans, spanObject)]);
}

/** As clients keep the spans of a trace among its artifacts. */
export function encodeTraceData({ spans }: Trace): string {
  return `{"spans": [${spans.map(({ content }) => content).join(', ')}]}`;
}

function traceInfoObject(info: TraceInfo): string {
  const { executionDuration } = info;
  return object(
    ['trace_id', text(info.traceId)],
    ['client_request_id', optionalText(info.clientRequestId)],
    [
      'trace_location',
      object(
        ['type', text(EXPERIMENT_LOCATION)],
        ['mlflow_experiment', object(['experiment_id', text(info.experimentId)])],
      ),
    ],
    ['request_time', timestampJson(info.requestTime)],
    [
      'execution_duration',
      executionDuration === undefined ? undefined : durationJson(executionDuration),
    ],
    ['state', text(info.state)],
    ['trace_metadata', textMapJson(info.traceMetadata)],
    ['assessments', repeated(info.assessments, assessmentObject)],
    ['tags', textMapJson(info.tags)],
    ['request_preview', optionalText(info.requestPreview)],
    ['response_preview', optionalText(info.responsePreview)],
  );
}
