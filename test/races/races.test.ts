/**
 * Many writers at once, through two server processes on one CrateDB, and through one server on the
 * embedded database (which takes one process). The two servers share nothing but the database.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dropSchema } from '../helpers/crate-schema.js';
import { type Answer, RestClient } from '../helpers/rest-client.js';
import { startServer, type TestServer } from '../helpers/server.js';
import { crateBackend, uniqueName } from '../helpers/stores.js';

const crate = crateBackend();
const scenes = [
  { name: 'one server, embedded', uri: undefined, servers: 1, here: true },
  { name: 'two servers on CrateDB', uri: crate.uri, servers: 2, here: crate.uri !== undefined },
];

for (const scene of scenes) {
  describe.skipIf(!scene.here)(`races (${scene.name})`, () => {
    const servers: TestServer[] = [];
    let folder = '';

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mlflow-races-'));
      const options = {
        cwd: folder,
        ...(scene.uri === undefined ? {} : { backendStoreUri: scene.uri }),
      };
      // Both provision the empty schema at once.
      servers.push(
        ...(await Promise.all(Array.from({ length: scene.servers }, () => startServer(options)))),
      );
    });
    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await dropSchema(scene.uri);
      await rm(folder, { recursive: true, force: true });
    });

    /** The servers in turn. */
    function client(turn: number, version?: '2.0' | '3.0'): RestClient {
      const server = servers[turn % servers.length];
      if (server === undefined) throw new Error('No server is running.');
      return new RestClient(server.url, version);
    }

    function all(count: number, call: (client: RestClient, index: number) => Promise<Answer>) {
      return Promise.all(Array.from({ length: count }, (_, index) => call(client(index), index)));
    }

    async function newRun(): Promise<{ experimentId: string; runId: string }> {
      const experiment = await client(0).post('experiments/create', { name: uniqueName('race') });
      const experimentId = String(experiment.body['experiment_id']);
      const run = await client(0).post('runs/create', { experiment_id: experimentId, start_time: 1 });
      const { info } = run.body['run'] as { info: { run_id: string } };
      return { experimentId, runId: info.run_id };
    }

    it('50 creates of one name: one winner, 49 times RESOURCE_ALREADY_EXISTS', async () => {
      const name = uniqueName('one');
      const answers = await all(50, (to) => to.post('experiments/create', { name }));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const refused = answers.filter(({ body }) => body['error_code'] === 'RESOURCE_ALREADY_EXISTS');
      expect(refused).toHaveLength(49);
      const found = await client(1).post('experiments/search', {
        filter: `name = '${name}'`,
        max_results: 10,
      });
      expect(found.body['experiments']).toHaveLength(1);
    });

    it('50 creates of different names: all succeed, with different ids', async () => {
      const names = Array.from({ length: 50 }, () => uniqueName('many'));
      const answers = await all(50, (to, index) =>
        to.post('experiments/create', { name: names[index] }),
      );
      expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
      expect(new Set(answers.map(({ body }) => body['experiment_id'])).size).toBe(50);
    });

    it('50 writers of one param with different values: one wins', async () => {
      const { runId } = await newRun();
      const answers = await all(50, (to, index) =>
        to.post('runs/log-parameter', { run_id: runId, key: 'p', value: `v${String(index)}` }),
      );
      const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
      expect(winners).toHaveLength(1);
      const refused = answers.filter(({ body }) => body['error_code'] === 'INVALID_PARAMETER_VALUE');
      expect(refused).toHaveLength(49);
      const { data } = await client(1).run(runId);
      expect(data.params).toEqual([{ key: 'p', value: `v${String(winners[0])}` }]);
    });

    it('50 log-metrics of one key: the latest value is the greatest step', async () => {
      const { runId } = await newRun();
      const steps = Array.from({ length: 50 }, (_, index) => (index * 29) % 50);
      const answers = await all(50, (to, index) =>
        to.post('runs/log-metric', {
          run_id: runId,
          key: 'm',
          value: steps[index],
          timestamp: 1_000 - (steps[index] ?? 0),
          step: steps[index],
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual(steps.map(() => 200));
      const { data } = await client(1).run(runId);
      expect(data.metrics).toEqual([{ key: 'm', value: 49, timestamp: 951, step: 49 }]);
      const history = await client(0).get('metrics/get-history', {
        run_id: runId,
        metric_key: 'm',
        max_results: '100',
      });
      expect(history.body['metrics']).toHaveLength(50);
    });

    it('one log-batch sent 3 times at once leaves one set of points', async () => {
      const { runId } = await newRun();
      const metrics = Array.from({ length: 500 }, (_, index) => ({
        key: 'm',
        value: index % 10 === 0 ? 'NaN' : index,
        timestamp: index,
        step: index,
      }));
      const params = [{ key: 'p', value: 'same' }];
      const answers = await all(3, (to) =>
        to.post('runs/log-batch', { run_id: runId, metrics, params }),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      const history = await client(1).get('metrics/get-history', {
        run_id: runId,
        metric_key: 'm',
        max_results: '25000',
      });
      expect(history.body['metrics']).toHaveLength(500);
    });

    it('renames and creates of the same names at once never give two of one name', async () => {
      const names = Array.from({ length: 4 }, () => uniqueName('swap'));
      const ids = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const created = await client(0).post('experiments/create', { name: uniqueName('from') });
          return String(created.body['experiment_id']);
        }),
      );
      await all(40, (to, index) =>
        index % 2 === 0
          ? to.post('experiments/update', {
              experiment_id: ids[(index / 2) % 4],
              new_name: names[(index >> 2) % 4],
            })
          : to.post('experiments/create', { name: names[(index >> 1) % 4] }),
      );
      // A name may be free at the end: an experiment that held it was renamed once more, after the
      // last create of that name was refused.
      for (const name of names) {
        const found = await experimentsNamed(name);
        const byName = await client(0).get('experiments/get-by-name', { experiment_name: name });
        if (byName.status === 404) {
          expect(found).toEqual([]);
        } else {
          const { experiment } = byName.body as { experiment: { experiment_id: string } };
          expect(found).toEqual([experiment.experiment_id]);
        }
        // Whoever held it, it is held once from here on.
        const created = await client(0).post('experiments/create', { name });
        expect(created.status).toBe(byName.status === 404 ? 200 : 400);
        expect(await experimentsNamed(name)).toHaveLength(1);
      }
      const renamed = await Promise.all(
        ids.map((id) => client(1).get('experiments/get', { experiment_id: id })),
      );
      const namesOfRenamed = renamed.map(
        ({ body }) => (body['experiment'] as { name: string }).name,
      );
      expect(new Set(namesOfRenamed).size).toBe(ids.length);
    });

    async function experimentsNamed(name: string): Promise<string[]> {
      const found = await client(1).post('experiments/search', {
        filter: `name = '${name}'`,
        max_results: 10,
      });
      const experiments = found.body['experiments'] as { experiment_id: string }[] | undefined;
      return (experiments ?? []).map(({ experiment_id: id }) => id);
    }

    async function newModel(): Promise<string> {
      const name = uniqueName('model');
      await client(0).post('registered-models/create', { name });
      return name;
    }

    const source = 'mlflow-artifacts:/1/models/m';

    it('50 creates of one model: one winner', async () => {
      const name = uniqueName('model');
      const answers = await all(50, (to) => to.post('registered-models/create', { name }));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const refused = answers.filter(({ body }) => body['error_code'] === 'RESOURCE_ALREADY_EXISTS');
      expect(refused).toHaveLength(49);
    });

    it('50 model versions at once get the numbers 1 to 50', async () => {
      const name = await newModel();
      const answers = await all(50, (to) => to.post('model-versions/create', { name, source }));
      const numbers = answers.map(({ body }) =>
        Number((body['model_version'] as { version: string }).version),
      );
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
      const filter = `name = '${name}'`;
      const found = await client(1).get('model-versions/search', { filter });
      expect(found.body['model_versions']).toHaveLength(50);
    });

    it('20 writers of one alias leave one', async () => {
      const name = await newModel();
      await all(20, (to) => to.post('model-versions/create', { name, source }));
      const answers = await all(20, (to, index) =>
        to.post('registered-models/alias', { name, alias: 'best', version: String(index + 1) }),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const { body } = await client(1).get('registered-models/get', { name });
      const { aliases } = body['registered_model'] as { aliases: { version: string }[] };
      expect(aliases).toHaveLength(1);
      const byAlias = await client(0).get('registered-models/alias', { name, alias: 'best' });
      expect(byAlias.body['model_version']).toMatchObject({ version: aliases[0]?.version });
    });

    it('renames of one model to ten names: one name is left, with all of it', async () => {
      const name = await newModel();
      await client(0).post('model-versions/create', { name, source });
      const names = Array.from({ length: 10 }, () => uniqueName('to'));
      const answers = await all(10, (to, index) =>
        to.post('registered-models/rename', { name, new_name: names[index] }),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const winner = names[answers.findIndex(({ status }) => status === 200)];
      const seen = await all(11, (to, index) =>
        to.get('registered-models/get', { name: names[index] ?? name }),
      );
      const models = seen.flatMap(({ body }) => body['registered_model'] ?? []);
      expect(models).toMatchObject([{ name: winner, latest_versions: [{ version: '1' }] }]);
    });

    it('a model swings between two names, under writers: one is seen, nothing is lost', async () => {
      const names = [await newModel(), uniqueName('model')] as const;
      let isOver = false;
      const written = new Set<number>();
      const watch = async (turn: number) => {
        while (!isOver) {
          const { body } = await client(turn).get('registered-models/search', {
            max_results: '1000',
          });
          const found = body['registered_models'] as { name: string }[];
          expect(found.filter((model) => names.includes(model.name))).toHaveLength(1);
        }
      };
      const write = async (turn: number) => {
        for (let at = turn; !isOver; at += 1) {
          const name = names[at % 2];
          const { status, body } = await client(turn).post('model-versions/create', { name, source });
          expect([200, 404]).toContain(status);
          if (status !== 200) continue;
          const { version } = body['model_version'] as { version: string };
          expect(written.has(Number(version))).toBe(false);
          written.add(Number(version));
        }
      };
      const others = [watch(0), watch(1), write(0), write(1), write(2)];
      for (let turn = 0; turn < 6; turn += 1) {
        const [from, to] = turn % 2 === 0 ? names : [names[1], names[0]];
        const answer = await client(turn).post('registered-models/rename', {
          name: from,
          new_name: to,
        });
        expect(answer.status).toBe(200);
      }
      isOver = true;
      await Promise.all(others);
      const { body } = await client(1).get('model-versions/search', { filter: `name = '${names[0]}'` });
      const versions = (body['model_versions'] as { version: string }[] | undefined) ?? [];
      const standing = new Set(versions.map(({ version }) => Number(version)));
      for (const version of written) expect(standing).toContain(version);
    });

    it('40 starts of one trace: one state of one of them, the tags of all', async () => {
      const { experimentId } = await newRun();
      const traceId = uniqueName('tr');
      const indexes = Array.from({ length: 40 }, (_, index) => index);
      const answers = await Promise.all(
        indexes.map((index) =>
          startTrace(index, experimentId, traceId, {
            client_request_id: String(index),
            execution_duration: `${String(index)}s`,
            tags: { same: String(index), [`own-${String(index)}`]: 'x' },
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(indexes.map(() => 200));
      const seen = await Promise.all([traceOf(0, traceId), traceOf(1, traceId)]);
      expect(seen[0]).toEqual(seen[1]);
      const [{ client_request_id: winner, execution_duration: duration, tags }] = seen;
      expect(duration).toBe(`${winner ?? ''}s`);
      for (const index of indexes) expect(tags[`own-${String(index)}`]).toBe('x');
      expect(indexes.map(String)).toContain(tags['same']);
    });

    it('60 reads of traces, each right after a write acknowledged on the other server', async () => {
      const { experimentId } = await newRun();
      for (let turn = 0; turn < 20; turn += 1) {
        const traceId = uniqueName('tr');
        const started = { tags: { first: String(turn) }, state: 'IN_PROGRESS' };
        expect(await startTrace(turn, experimentId, traceId, started)).toMatchObject({ status: 200 });
        expect(await traceOf(turn + 1, traceId)).toMatchObject(started);
        const ended = { tags: { second: String(turn) }, state: 'OK' };
        const answer = await startTrace(turn + 1, experimentId, traceId, ended);
        const tags = { ...started.tags, ...ended.tags };
        expect(answer.body).toMatchObject({ trace: { trace_info: { state: 'OK', tags } } });
        expect(await traceOf(turn, traceId)).toMatchObject({ state: 'OK', tags });
        const several = await client(turn, '3.0').post('traces/batchGetInfos', {
          trace_ids: [traceId],
        });
        expect(several.body).toMatchObject({ trace_infos: [{ state: 'OK', tags }] });
      }
    });

    function startTrace(
      turn: number,
      experimentId: string,
      traceId: string,
      more: object,
    ): Promise<Answer> {
      const place = { experiment_id: experimentId };
      const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: place };
      const info = { trace_id: traceId, trace_location: location, ...more };
      return client(turn, '3.0').post('traces', { trace: { trace_info: info } });
    }

    interface TraceInfo {
      readonly client_request_id?: string;
      readonly execution_duration?: string;
      readonly tags: Readonly<Record<string, string>>;
    }

    async function traceOf(turn: number, traceId: string): Promise<TraceInfo> {
      const { body } = await client(turn, '3.0').get(`traces/${traceId}`);
      return (body['trace'] as { trace_info: TraceInfo }).trace_info;
    }

    it('200 reads, each right after a write acknowledged on the other server: none is stale', async () => {
      const { experimentId, runId } = await newRun();
      let stale = 0;
      for (let turn = 0; turn < 200; turn += 1) {
        const [writer, reader] = [client(turn), client(turn + 1)];
        const written = await writer.post('runs/log-metric', {
          run_id: runId,
          key: 'm',
          value: turn,
          timestamp: turn,
          step: turn,
        });
        expect(written.status).toBe(200);
        stale += (await seesLatest(reader, turn, experimentId, runId)) ? 0 : 1;
      }
      expect(stale).toBe(0);
    });

    /** By get-run, search-runs and history in turn. */
    async function seesLatest(
      reader: RestClient,
      turn: number,
      experimentId: string,
      runId: string,
    ): Promise<boolean> {
      if (turn % 3 === 0) {
        const { data } = await reader.run(runId);
        return data.metrics?.[0]?.value === turn;
      }
      if (turn % 3 === 1) {
        const found = await reader.post('runs/search', {
          experiment_ids: [experimentId],
          filter: `metrics.m = ${String(turn)}`,
        });
        return ((found.body['runs'] as unknown[] | undefined) ?? []).length === 1;
      }
      const history = await reader.get('metrics/get-history', {
        run_id: runId,
        metric_key: 'm',
        max_results: '25000',
      });
      return (history.body['metrics'] as unknown[]).length === turn + 1;
    }
  });
}
