/**
 * The same work, as a careful author would write it for one program by hand: the fewest statements,
 * prepared, whole columns as parameters, independent ones side by side, the same checks, and on
 * CrateDB one REFRESH before what is no primary-key look-up.
 */
import { randomUUID } from 'node:crypto';

import type { LogBatch, LogMetric } from 'mlflow-cratedb';

import type { Connection, Row } from './connection.ts';
import { type Contender, RUN_TAGS } from './contender.ts';

type Metrics = readonly LogMetric[];
type Pairs = readonly { readonly key: string; readonly value: string }[];

export function handWritten(connection: Connection): Contender {
  const { engine, schema } = connection;
  let statements = 0;
  const query = (name: string | undefined, text: string, values?: unknown[]): Promise<Row[]> => {
    statements++;
    return connection.query(name === undefined ? undefined : `${schema}_${name}`, text, values);
  };
  const table = (name: string) => `"${schema}"."${name}"`;
  /** A column of the row that stands: CrateDB wants it bare, PostgreSQL with its table. */
  const own = (name: string, column: string) =>
    engine === 'cratedb' ? column : `${name}.${column}`;
  const refresh = async (name: string, tables: readonly string[]) => {
    if (engine !== 'cratedb') return;
    await query(`refresh_${name}`, `REFRESH TABLE ${tables.map(table).join(', ')}`);
  };

  async function checkRunIsActive(runId: string): Promise<void> {
    const [run] = await query(
      'run_stage',
      `SELECT lifecycle_stage, experiment_id FROM ${table('runs')} WHERE run_uuid = $1`,
      [runId],
    );
    if (run?.['lifecycle_stage'] !== 'active') throw new Error(`Run ${runId} is not active`);
  }

  /** A multi-get needs its keys as literals on CrateDB, so the text cannot be prepared. */
  async function checkParams(runId: string, params: Pairs): Promise<void> {
    if (params.length === 0) return;
    const keys = params.map(({ key }) => `'${key.replaceAll("'", "''")}'`).join(', ');
    const rows = await query(
      undefined,
      `SELECT key, value FROM ${table('params')} WHERE run_uuid = $1 AND key IN (${keys})`,
      [runId],
    );
    refuseChanged(params, rows);
  }

  async function writeParams(runId: string, params: Pairs): Promise<void> {
    if (params.length === 0) return;
    const rows = await query(
      'write_params',
      `INSERT INTO ${table('params')} (run_uuid, key, value)
       (SELECT $1::text, u.key, u.value FROM UNNEST($2::text[], $3::text[]) AS u (key, value))
       ON CONFLICT (key, run_uuid) DO UPDATE SET value = ${own('params', 'value')}
       RETURNING key, value`,
      [runId, params.map(({ key }) => key), params.map(({ value }) => value)],
    );
    refuseChanged(params, rows);
    checkCount(rows, params.length);
  }

  async function writeTags(runId: string, tags: Pairs): Promise<void> {
    if (tags.length === 0) return;
    const rows = await query(
      'write_tags',
      `INSERT INTO ${table('tags')} (run_uuid, key, value)
       (SELECT $1::text, u.key, u.value FROM UNNEST($2::text[], $3::text[]) AS u (key, value))
       ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value RETURNING key`,
      [runId, tags.map(({ key }) => key), tags.map(({ value }) => value)],
    );
    checkCount(rows, tags.length);
  }

  const metricColumns = 'run_uuid, key, timestamp, step, value, is_nan';
  const metricRows = `(SELECT $1::text, u.key, u.time, u.step, u.value, u.nan FROM UNNEST(
    $2::text[], $3::bigint[], $4::bigint[], $5::double precision[], $6::boolean[])
    AS u (key, time, step, value, nan))`;
  const metricValues = (runId: string, metrics: Metrics) => [
    runId,
    metrics.map(({ key }) => key),
    metrics.map(({ timestamp }) => timestamp),
    metrics.map(({ step }) => step),
    metrics.map(({ value }) => (Number.isNaN(value) ? 0 : value)),
    metrics.map(({ value }) => Number.isNaN(value)),
  ];
  const latest = (column: string) => own('latest_metrics', column);
  const newer = `excluded.step > ${latest('step')} OR (excluded.step = ${latest('step')} AND
    (excluded.timestamp > ${latest('timestamp')} OR (excluded.timestamp = ${latest('timestamp')} AND
    excluded.value > ${latest('value')})))`;
  const newest = ['timestamp', 'step', 'value', 'is_nan']
    .map(
      (column) =>
        `${column} = CASE WHEN ${newer} THEN excluded.${column} ELSE ${latest(column)} END`,
    )
    .join(', ');

  async function writeMetrics(runId: string, metrics: Metrics): Promise<void> {
    if (metrics.length === 0) return;
    const lastOfKey = new Map<string, LogMetric>();
    for (const metric of metrics) {
      const standing = lastOfKey.get(metric.key);
      if (standing === undefined || metric.step >= standing.step) lastOfKey.set(metric.key, metric);
    }
    await Promise.all([
      query(
        'write_points',
        `INSERT INTO ${table('metrics')} (${metricColumns}) ${metricRows}
         ON CONFLICT (${metricColumns}) DO NOTHING`,
        metricValues(runId, metrics),
      ),
      query(
        'write_latest',
        `INSERT INTO ${table('latest_metrics')} (${metricColumns}) ${metricRows}
         ON CONFLICT (key, run_uuid) DO UPDATE SET ${newest}`,
        metricValues(runId, [...lastOfKey.values()]),
      ),
    ]);
  }

  /** What hangs on runs, after a refresh. */
  async function readBelongings(runIds: readonly string[]): Promise<Row[][]> {
    const of = (name: string, columns: string) =>
      query(
        `${name}_of_runs`,
        `SELECT run_uuid, ${columns} FROM ${table(name)}
         WHERE run_uuid = ANY($1::text[]) ORDER BY key`,
        [runIds],
      );
    const [metrics, params, tags] = await Promise.all([
      of('latest_metrics', 'key, value, timestamp, step, is_nan'),
      of('params', 'key, value'),
      of('tags', 'key, value'),
      query(
        'edges_of_runs',
        `SELECT input_uuid, source_type, source_id, destination_id, step FROM ${table('inputs')}
         WHERE (destination_type = 'RUN' AND destination_id = ANY($1::text[]))
         OR (source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ANY($1::text[]))`,
        [runIds],
      ),
    ]);
    return [metrics, params, tags];
  }

  const runColumns =
    'run_uuid, name, experiment_id, user_id, status, start_time, end_time, ' +
    'artifact_uri, lifecycle_stage';

  return {
    name: 'hand-written',

    async createExperiment(name) {
      const id = Date.now() * 1_000 + Math.trunc(Math.random() * 1_000);
      await query(
        undefined,
        `INSERT INTO ${table('experiments')}
         (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
         VALUES ($1, $2, $3, 'active', $4, $4)`,
        [id, name, `mlflow-artifacts:/${id}`, Date.now()],
      );
      return String(id);
    },

    async createRun(experimentId) {
      const [experiment] = await query(
        'experiment',
        `SELECT experiment_id, artifact_location, lifecycle_stage FROM ${table('experiments')}
         WHERE experiment_id = $1`,
        [experimentId],
      );
      if (experiment?.['lifecycle_stage'] !== 'active') throw new Error('No active experiment');
      const runId = randomUUID().replaceAll('-', '');
      await writeTags(runId, [...RUN_TAGS, { key: 'mlflow.runName', value: 'bench-run-1' }]);
      await query(
        'create_run',
        `INSERT INTO ${table('runs')} (run_uuid, name, source_type, source_name, entry_point_name,
           source_version, user_id, status, start_time, lifecycle_stage, artifact_uri,
           experiment_id)
         VALUES ($1, $2, 'UNKNOWN', '', '', '', $3, 'RUNNING', $4, 'active', $5, $6)
         RETURNING ${runColumns}`,
        [
          runId,
          'bench-run-1',
          'bench',
          Date.now(),
          `${String(experiment['artifact_location'])}/${runId}/artifacts`,
          experimentId,
        ],
      );
      return runId;
    },

    async logBatch(runId, { metrics = [], params = [], tags = [] }: LogBatch) {
      await Promise.all([checkRunIsActive(runId), checkParams(runId, params)]);
      await Promise.all([
        writeParams(runId, params),
        writeMetrics(runId, metrics),
        writeTags(runId, tags),
      ]);
    },

    async logMetric(runId, metric) {
      await checkRunIsActive(runId);
      await writeMetrics(runId, [metric]);
    },

    async getRun(runId) {
      const [[run], belongings] = await Promise.all([
        query('run', `SELECT ${runColumns} FROM ${table('runs')} WHERE run_uuid = $1`, [runId]),
        refresh('of_run', ['latest_metrics', 'params', 'tags', 'inputs']).then(() =>
          readBelongings([runId]),
        ),
      ]);
      if (run === undefined) throw new Error(`No run ${runId}`);
      return belongings.flat().length;
    },

    async getHistory(runId, key) {
      await refresh('metrics', ['metrics']);
      const rows = await query(
        'history',
        `SELECT value, timestamp, step, is_nan FROM ${table('metrics')}
         WHERE run_uuid = $1 AND key = $2 ORDER BY timestamp, step, value, is_nan`,
        [runId, key],
      );
      return rows.length;
    },

    async searchRuns({ experimentId, metric, above, param, value, orderBy, maxResults }) {
      await refresh('runs', ['runs', 'latest_metrics', 'params', 'tags', 'inputs']);
      const runs = await query(
        'search',
        `SELECT ${runColumns} FROM ${table('runs')} LEFT JOIN
           (SELECT run_uuid AS of_run, value AS rank FROM ${table('latest_metrics')} WHERE key = $5)
           AS ranked ON of_run = run_uuid
         WHERE experiment_id = $1 AND lifecycle_stage = 'active'
         AND run_uuid IN
           (SELECT run_uuid FROM ${table('latest_metrics')}
            WHERE key = $2 AND value > $3 AND NOT is_nan)
         AND run_uuid IN (SELECT run_uuid FROM ${table('params')} WHERE key = $4 AND value = $6)
         ORDER BY rank DESC, start_time DESC, run_uuid LIMIT $7`,
        [experimentId, metric, above, param, orderBy, value, maxResults],
      );
      await readBelongings(runs.map((run) => String(run['run_uuid'])));
      return runs.length;
    },

    statements: () => statements,
    close: () => connection.close(),
  };
}

function refuseChanged(params: Pairs, standing: readonly Row[]): void {
  const valueOf = new Map(standing.map((row) => [row['key'], row['value']]));
  for (const { key, value } of params) {
    const old = valueOf.get(key);
    if (old !== undefined && old !== value) throw new Error(`Param ${key} has another value`);
  }
}

/** CrateDB drops the rows of a bulk insert that fail, without an error. */
function checkCount(rows: readonly Row[], sent: number): void {
  if (rows.length !== sent) throw new Error(`${rows.length} of ${sent} rows were written`);
}
