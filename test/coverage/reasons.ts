/** Why endpoints of a group are not served. */
export const NOT_SERVED: Readonly<Record<string, string>> = {
  assessments: 'Not yet. (Those that come with their trace are kept, and answered with it.)',
  assistant: "Not planned: an assistant of MLflow's own UI.",
  datasets: 'Not yet: evaluation datasets. (The inputs of runs are served.)',
  gateway: 'Not yet: the AI gateway.',
  issues: 'Not yet: problems found in traces.',
  jobs: "Not yet: MLflow's background jobs, for its UI.",
  'prompt-optimization': "Not yet: it needs MLflow's background jobs.",
  scorers: 'Not yet: judges of traces.',
  server: "Not planned: GraphQL is for MLflow's own UI.",
  traces:
    'Not yet: searching, deleting and counting traces, spans by OpenTelemetry, and version 2 of ' +
    'start, end and get.',
  'ui-only': "Not planned: for pages of MLflow's own UI, which is not part of this package.",
  workspaces: 'Not yet: one workspace, `default`, is all there is.',
};

const UI = "for pages of MLflow's UI";
const BY_POST = 'the client sends the POST';
const TAGS_BY_2 = 'the client sends version 2';
const REFUSED = 'artifacts are in a folder: refused, as by MLflow';

/** Why the stock Python client never calls what is served. By method and first path. */
export const NOT_CALLED: Readonly<Record<string, string>> = {
  'GET /api/2.0/mlflow-artifacts/presigned/<path:artifact_path>': REFUSED,
  'POST /api/2.0/mlflow/artifacts/presigned-upload-url': REFUSED,
  'GET /api/2.0/mlflow/artifacts/list': 'the client lists below `mlflow-artifacts`',
  'GET /get-artifact': UI,
  'GET /model-versions/get-artifact': UI,
  'PUT /api/2.0/mlflow-artifacts/mpu/part/<path:artifact_path>':
    'ours: the client sends parts to where `mpu/create` says, without its `User-Agent`',
  'GET /api/2.0/mlflow/experiments/search': BY_POST,
  'GET /api/2.0/mlflow/logged-models/<model_id>/artifacts/directories': UI,
  'GET /ajax-api/2.0/mlflow/logged-models/<model_id>/artifacts/files': UI,
  'GET /api/2.0/mlflow/metrics/get-history-bulk-interval': UI,
  'GET /api/2.0/mlflow/registered-models/get-latest-versions': BY_POST,
  'GET /api/3.0/mlflow/traces/get':
    'the client asks it for spans in the database, which come by import: test/import has it do so',
  'GET /api/3.0/mlflow/traces/batchGet': 'the client asks it of servers without `traces/get`',
  'PATCH /api/3.0/mlflow/traces/<trace_id>/tags': TAGS_BY_2,
  'DELETE /api/3.0/mlflow/traces/<trace_id>/tags': TAGS_BY_2,
  'GET /ajax-api/2.0/mlflow/get-trace-artifact': UI,
  'GET /ajax-api/3.0/mlflow/get-trace-artifact': UI,
  'GET /health': 'for whoever watches the server',
  'POST /ajax-api/2.0/mlflow/experiments/search-datasets': UI,
  'GET /ajax-api/2.0/mlflow/metrics/get-history-bulk': UI,
  'POST /ajax-api/2.0/mlflow/upload-artifact': UI,
};
