import { startServer } from '../server-process.ts';
import { type Contender, filterOf, RUN_TAGS } from './contender.ts';

interface RunAnswer {
  readonly run: {
    readonly info: { readonly run_id: string };
    readonly data: Readonly<Record<'metrics' | 'params' | 'tags', readonly unknown[] | undefined>>;
  };
}

/** The server as a process of its own; Node's fetch keeps connections open. */
export async function openHttp(uri: string): Promise<Contender> {
  const server = await startServer(uri);
  const api = `${server.url}/api/2.0/mlflow`;

  async function call<Answer>(path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${api}/${path}`, {
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Answer;
  }

  return {
    name: 'HTTP',
    async createExperiment(name) {
      const answer = await call<{ experiment_id: string }>('experiments/create', { name });
      return answer.experiment_id;
    },
    async createRun(experimentId) {
      const { run } = await call<RunAnswer>('runs/create', {
        experiment_id: experimentId,
        start_time: Date.now(),
        tags: RUN_TAGS,
      });
      return run.info.run_id;
    },
    async logBatch(runId, { metrics, params, tags }) {
      await call('runs/log-batch', { run_id: runId, metrics, params, tags });
    },
    async logMetric(runId, { key, value, timestamp, step }) {
      await call('runs/log-metric', { run_id: runId, key, value, timestamp, step });
    },
    async getRun(runId) {
      const { run } = await call<RunAnswer>(`runs/get?run_id=${runId}`);
      const { metrics = [], params = [], tags = [] } = run.data;
      return metrics.length + params.length + tags.length;
    },
    async getHistory(runId, key) {
      const answer = await call<{ metrics: readonly unknown[] }>(
        `metrics/get-history?run_id=${runId}&metric_key=${key}`,
      );
      return answer.metrics.length;
    },
    async searchRuns(search) {
      const { runs } = await call<{ runs: readonly unknown[] }>('runs/search', {
        experiment_ids: [search.experimentId],
        filter: filterOf(search),
        order_by: [`metrics.${search.orderBy} DESC`],
        max_results: search.maxResults,
      });
      return runs.length;
    },
    statements: () => undefined,
    close: () => server.stop(),
  };
}
