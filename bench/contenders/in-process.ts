import { openStore } from 'mlflow-cratedb';

import { type Contender, filterOf, RUN_TAGS } from './contender.ts';

export async function openInProcess(uri: string): Promise<Contender> {
  let statements = 0;
  const store = await openStore(uri, { onStatement: () => statements++ });
  return {
    name: 'in process',
    createExperiment: (name) => store.createExperiment({ name }),
    async createRun(experimentId) {
      const run = await store.createRun({ experimentId, startTime: Date.now(), tags: RUN_TAGS });
      return run.info.runId;
    },
    logBatch: (runId, batch) => store.logBatch(runId, batch),
    logMetric: (runId, metric) => store.logMetric(runId, metric),
    async getRun(runId) {
      const { data } = await store.getRun(runId);
      return data.metrics.length + data.params.length + data.tags.length;
    },
    async getHistory(runId, metricKey) {
      return (await store.getMetricHistory({ runId, metricKey })).items.length;
    },
    async searchRuns(search) {
      const page = await store.searchRuns({
        experimentIds: [search.experimentId],
        filter: filterOf(search),
        orderBy: [`metrics.${search.orderBy} DESC`],
        maxResults: search.maxResults,
      });
      return page.items.length;
    },
    statements: () => statements,
    close: () => store.close(),
  };
}
