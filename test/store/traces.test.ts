import { expect, it } from 'vitest';

import type { Store } from '../../src/index.js';
import { describeStores, uniqueName } from '../helpers/stores.js';

async function linksOf(store: Store, traceId: string) {
  const rows = await store.db
    .selectFrom('entity_associations')
    .selectAll()
    .where('source_type', '=', 'trace')
    .where('source_id', '=', traceId)
    .orderBy('destination_id')
    .execute();
  return rows.map(({ created_time, ...row }) => ({ ...row, created_time: Number(created_time) }));
}

const newTrace = () => uniqueName('tr');

describeStores('traces', (store) => {
  it('links prompts to a trace that nobody has to know, each once', async () => {
    const trace = newTrace();
    const from = Date.now();
    await store().linkPromptsToTrace(trace, [
      { name: 'größe', version: '02' },
      { name: 'a', version: 1 },
      { name: 'a', version: '1' },
    ]);
    const links = await linksOf(store(), trace);
    const link = (destination_id: string) => ({
      association_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      source_type: 'trace',
      source_id: trace,
      destination_type: 'prompt_version',
      destination_id,
      created_time: expect.any(Number) as number,
    });
    expect(links).toEqual([link('a/1'), link('größe/2')]);
    for (const { created_time: time } of links) {
      expect(time >= from && time <= Date.now()).toBe(true);
    }

    await store().linkPromptsToTrace(trace, [
      { name: 'a', version: 2 },
      { name: 'a', version: 1 },
    ]);
    const more = await linksOf(store(), trace);
    expect(more.filter(({ destination_id: id }) => id !== 'a/2')).toEqual(links);
    expect(more).toHaveLength(3);
  });

  it('links what many link at once, each once', async () => {
    const trace = newTrace();
    const versions = [1, 2, 3].map((version) => ({ name: 'p', version }));
    await Promise.all(Array.from({ length: 8 }, () => store().linkPromptsToTrace(trace, versions)));
    const links = await linksOf(store(), trace);
    expect(links.map(({ destination_id: id }) => id)).toEqual(['p/1', 'p/2', 'p/3']);
  });

  it('links nothing, and writes nothing where one of the prompts is wrong', async () => {
    const trace = newTrace();
    await store().linkPromptsToTrace(trace, []);
    const good = { name: 'p', version: 1 };
    const refused = async (traceId: string, name: string, version: string | number) =>
      store()
        .linkPromptsToTrace(traceId, [good, { name, version }])
        .then(
          () => 'linked',
          (error: unknown) => error,
        );
    const messages: readonly (readonly [unknown, string])[] = [
      [await refused('', 'p', 1), "Missing value for required parameter 'trace_id'."],
      [
        await refused(trace, '', 1),
        "Missing value for required parameter 'prompt_versions[1].name'.",
      ],
      [await refused(trace, 'p', 'x'), "Parameter 'version' must be an integer, got 'x'."],
      [
        await refused(trace, 'p', 0),
        "Invalid value 0 for parameter 'prompt_versions[1].version' supplied: Versions are " +
          'numbered from 1.',
      ],
      [
        await refused(trace, 'n'.repeat(35), 1),
        `Invalid value "${'n'.repeat(35)}/1" for parameter 'prompt_versions[1]' supplied: ` +
          "MLflow's table of associations holds ids of 36 characters.",
      ],
      [
        await refused('t'.repeat(37), 'p', 1),
        `Invalid value "${'t'.repeat(37)}" for parameter 'trace_id' supplied: MLflow's table of ` +
          'associations holds ids of 36 characters.',
      ],
    ];
    for (const [error, message] of messages) {
      expect(error).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE', message });
    }
    expect(await linksOf(store(), trace)).toEqual([]);
    await store().linkPromptsToTrace(trace, [{ name: 'n'.repeat(34), version: 1 }]);
    expect(await linksOf(store(), trace)).toHaveLength(1);
  });
});
