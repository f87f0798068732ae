import { expect, it } from 'vitest';

import { createTestRun, describeStores } from '../helpers/stores.js';

const dataset = { name: 'iris', digest: 'd1', sourceType: 'http', source: '{"url":"x"}' };

describeStores('inputs and outputs', (store) => {
  it('logs datasets with their tags, once', async () => {
    const { runId, experimentId } = await createTestRun(store());
    const input = {
      dataset: { ...dataset, schema: '{"s":1}', profile: '{"p":1}' },
      tags: [{ key: 'mlflow.data.context', value: 'training' }],
    };
    await store().logInputs(runId, { datasets: [input] });
    // A repeated one changes nothing, and its new tags are dropped.
    await store().logInputs(runId, {
      datasets: [{ dataset: { ...dataset, source: 'other' }, tags: [{ key: 'new', value: 'tag' }] }],
    });
    expect((await store().getRun(runId)).inputs.datasetInputs).toEqual([input]);
    const { items } = await store().searchRuns({ experimentIds: [experimentId] });
    expect(items[0]?.inputs.datasetInputs).toEqual([input]);
    expect(await store().searchDatasets([experimentId])).toEqual([
      { experimentId, name: 'iris', digest: 'd1', context: 'training' },
    ]);
  });

  it('shares a dataset between the runs of an experiment', async () => {
    const { runId: first, experimentId } = await createTestRun(store());
    const { info } = await store().createRun({ experimentId });
    await store().logInputs(first, { datasets: [{ dataset, tags: [] }] });
    await store().logInputs(info.runId, { datasets: [{ dataset, tags: [{ key: 'a', value: 'b' }] }] });
    const rows = await store()
      .db.selectFrom('datasets')
      .select('dataset_uuid')
      .where('experiment_id', '=', BigInt(experimentId))
      .execute();
    expect(rows).toHaveLength(1);
    expect((await store().getRun(info.runId)).inputs.datasetInputs).toEqual([
      { dataset, tags: [{ key: 'a', value: 'b' }] },
    ]);
    expect((await store().getRun(first)).inputs.datasetInputs).toEqual([{ dataset, tags: [] }]);
  });

  it('holds a schema and a source far longer than an indexed text may be', async () => {
    const { runId } = await createTestRun(store());
    const long = { ...dataset, source: 's'.repeat(65_000), schema: '\u{1F600}'.repeat(200_000) };
    await store().logInputs(runId, { datasets: [{ dataset: long, tags: [] }] });
    expect((await store().getRun(runId)).inputs.datasetInputs).toEqual([{ dataset: long, tags: [] }]);
  });

  it('logs model inputs and outputs', async () => {
    const { runId } = await createTestRun(store());
    await store().logInputs(runId, { models: [{ modelId: 'm-1' }, { modelId: 'm-1' }] });
    await store().logOutputs(runId, { models: [{ modelId: 'm-2', step: 3 }] });
    await store().logOutputs(runId, { models: [{ modelId: 'm-2', step: 3 }] });
    const run = await store().getRun(runId);
    expect(run.inputs.modelInputs).toEqual([{ modelId: 'm-1' }]);
    expect(run.outputs.modelOutputs).toEqual([{ modelId: 'm-2', step: 3 }]);
    await expect(
      store().logOutputs(runId, { models: [{ modelId: 'm-2', step: 4 }] }),
    ).rejects.toMatchObject({ errorCode: 'BAD_REQUEST' });
  });

  it('appends logged models to the history tag, both of two at once', async () => {
    const { runId } = await createTestRun(store());
    const model = (path: string) =>
      JSON.stringify({
        artifact_path: path,
        run_id: runId,
        utc_time_created: 'now',
        flavors: { python_function: { loader_module: 'x', config: { secret: 1 } } },
        model_uuid: 'u',
        signature: 'left out',
      });
    await Promise.all(['a', 'b', 'c'].map((path) => store().recordLoggedModel(runId, model(path))));
    const { data } = await store().getRun(runId);
    const tag = data.tags.find(({ key }) => key === 'mlflow.log-model.history');
    const history = JSON.parse(tag?.value ?? '') as { artifact_path: string; flavors: unknown }[];
    expect(history.map((entry) => entry.artifact_path).toSorted()).toEqual(['a', 'b', 'c']);
    expect(history[0]?.flavors).toEqual({ python_function: { loader_module: 'x' } });
    await expect(store().recordLoggedModel(runId, 'nonsense')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });
});
