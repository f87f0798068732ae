/**
 * Finds the failures of a machine in its temperature, and logs how well, with no server between:
 *
 *     node examples/machine-temperature/main.ts --data machine_temperature_system_failure.csv
 *
 * `--data` takes a path or a URL; the file is part of https://github.com/numenta/NAB
 * (data/realKnownCause). `--store` takes `crate://crate@localhost/?schema=mlflow`, or
 * `pglite:<folder>`; without it, the embedded database under ./mlflow-data.
 */
import { parseArgs } from 'node:util';

import { openStore, type Run, type Store } from 'mlflow-cratedb';

import { judge, score, train, type Trained } from './detector.ts';
import { type Bin, loadReadings, readBins, readReadings, withMachineData } from './load.ts';
import { renderPlot } from './plot.ts';
import { ANOMALY_WINDOWS, isAnomalous, TRAIN_END } from './windows.ts';

const EXPERIMENT = 'machine-temperature';

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, store: { type: 'string' } },
});
if (options.data === undefined) {
  console.error('Usage: node main.ts --data <path or URL of the CSV> [--store <uri>]');
  process.exit(2);
}

const store = await openStore(options.store);
try {
  const db = withMachineData(store.db);
  const readings = await readReadings(options.data);
  await loadReadings(db, readings);
  const bins = await readBins(db);
  console.log(`${readings.length} readings, ${bins.length} bins of 5 minutes`);

  const run = await startRun(store);
  try {
    await experiment(store, run, bins);
    await store.updateRunInfo(run.info.runId, { status: 'FINISHED', endTime: Date.now() });
  } catch (error) {
    await store.updateRunInfo(run.info.runId, { status: 'FAILED', endTime: Date.now() });
    throw error;
  }
  await show(store, run);
} finally {
  await store.close();
}

async function startRun(store: Store): Promise<Run> {
  const known = await store.getExperimentByName(EXPERIMENT);
  const experimentId =
    known?.experimentId ?? (await store.createExperiment({ name: EXPERIMENT }));
  return store.createRun({ experimentId, runName: 'rolling-z-score', startTime: Date.now() });
}

async function experiment(store: Store, run: Run, bins: readonly Bin[]): Promise<void> {
  const { runId, artifactUri } = run.info;
  const training = bins.filter((bin) => bin.time < TRAIN_END);
  const trained = train({
    bins: training,
    labels: training.map((bin) => isAnomalous(bin.time)),
  });
  const { detector } = trained;
  await store.logBatch(runId, {
    params: [
      { key: 'detector', value: detector.kind },
      { key: 'window_hours', value: String(detector.windowHours) },
      { key: 'threshold', value: detector.threshold.toFixed(1) },
      { key: 'bin_minutes', value: '5' },
      { key: 'train_end', value: new Date(TRAIN_END).toISOString() },
      { key: 'train_bins', value: String(training.length) },
      { key: 'test_bins', value: String(bins.length - training.length) },
    ],
    metrics: sweepMetrics(trained),
  });

  const scores = score(detector, bins);
  await store.logBatch(runId, { metrics: testMetrics(trained, bins, scores) });

  await store.artifacts.write(artifactUri, 'model.json', JSON.stringify(detector, null, 2));
  const plot = renderPlot({
    title: `Machine temperature: alarms of the run '${run.info.runName}'`,
    bins,
    scores,
    threshold: detector.threshold,
    windows: ANOMALY_WINDOWS,
    trainEnd: TRAIN_END,
  });
  await store.artifacts.write(artifactUri, 'plot.svg', plot);
}

/** F1 on the training data by threshold: step n is the threshold 0.5 + n / 10. */
function sweepMetrics({ sweep, quality }: Trained) {
  const timestamp = Date.now();
  return [
    ...sweep.map(({ f1 }, step) => ({ key: 'train_f1_by_threshold', value: f1, timestamp, step })),
    { key: 'train_f1', value: quality.f1, timestamp, step: 0 },
  ];
}

/** Judged on the test data alone. The time to detect is a history: one step for each window. */
function testMetrics({ detector }: Trained, bins: readonly Bin[], scores: readonly number[]) {
  const timestamp = Date.now();
  const tested = bins
    .map((bin, index) => ({ time: bin.time, alarm: (scores[index] ?? 0) > detector.threshold }))
    .filter(({ time }) => time >= TRAIN_END);
  const quality = judge(
    tested.map(({ alarm }) => alarm),
    tested.map(({ time }) => isAnomalous(time)),
  );
  const detected = ANOMALY_WINDOWS.flatMap(({ start, end }, step) => {
    const first = tested.find(({ time, alarm }) => alarm && start <= time && time <= end);
    return first === undefined ? [] : [{ step, minutes: (first.time - start) / 60_000 }];
  });
  const metric = (key: string, value: number, step = 0) => ({ key, value, timestamp, step });
  return [
    metric('precision', quality.precision),
    metric('recall', quality.recall),
    metric('f1', quality.f1),
    metric('alarms', tested.filter(({ alarm }) => alarm).length),
    metric('windows_detected', detected.length),
    ...detected.map(({ step, minutes }) => metric('time_to_detect_minutes', minutes, step)),
  ];
}

async function show(store: Store, { info }: Run): Promise<void> {
  const { data } = await store.getRun(info.runId);
  const value = (key: string) => data.metrics.find((metric) => metric.key === key)?.value ?? 0;
  const history = await store.getMetricHistory({
    runId: info.runId,
    metricKey: 'time_to_detect_minutes',
  });
  const shown = (key: string) => `${key} ${value(key).toFixed(3)}`;
  console.log(`Test: ${['precision', 'recall', 'f1'].map(shown).join(', ')}`);
  for (const { step, value: minutes } of history.items) {
    console.log(`Window ${Number(step) + 1} detected after ${(minutes / 60).toFixed(1)} hours`);
  }
  const files = await store.artifacts.list(info.artifactUri);
  console.log(`Run ${info.runId} of the experiment '${EXPERIMENT}', in ${store.description}`);
  const folder = info.artifactUri.replace('mlflow-artifacts:', store.artifacts.destination);
  console.log(`Artifacts: ${files.map(({ path }) => path).join(', ')} in ${folder}`);
  const uri = options.store === undefined ? '' : ` --backend-store-uri '${options.store}'`;
  console.log(`To look at it with an MLflow client: npx mlflow-cratedb server${uri}`);
}
