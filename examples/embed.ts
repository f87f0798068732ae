/**
 * MLflow's store inside a Node program, no server between: open, log, search.
 *
 *     node examples/embed.ts [store URI]
 */
import { openStore } from 'mlflow-cratedb';

// Nothing: embedded, under ./mlflow-data. Or crate://crate@localhost/?schema=mlflow
const store = await openStore(process.argv[2]);
try {
  const known = await store.getExperimentByName('embed');
  const experimentId = known?.experimentId ?? (await store.createExperiment({ name: 'embed' }));

  for (const learningRate of [0.1, 0.01]) {
    const { info } = await store.createRun({ experimentId, startTime: Date.now() });
    await store.logBatch(info.runId, {
      params: [{ key: 'lr', value: String(learningRate) }],
      metrics: [0, 1, 2].map((step) => ({
        key: 'loss',
        value: Math.exp(-step) + learningRate,
        timestamp: Date.now(),
        step,
      })),
    });
    await store.updateRunInfo(info.runId, { status: 'FINISHED', endTime: Date.now() });
  }

  const { items } = await store.searchRuns({
    experimentIds: [experimentId],
    filter: "metrics.loss < 1 AND status = 'FINISHED'",
    orderBy: ['metrics.loss ASC'],
    maxResults: 5,
  });
  for (const { info, data } of items) {
    const loss = data.metrics.find(({ key }) => key === 'loss')?.value;
    const lr = data.params.find(({ key }) => key === 'lr')?.value;
    console.log(`${info.runName}: loss ${loss?.toFixed(3)} with lr ${lr}`);
  }
} finally {
  await store.close();
}
