import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { StartTrace, Store, Tag } from '../../src/index.js';
import { openStore } from '../../src/index.js';
import { createRepositories } from '../../src/store/index.js';
import { haltingDatabase } from '../helpers/halting-database.js';
import { createTestRun, describeStores, uniqueName } from '../helpers/stores.js';

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

function pairs(texts: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(texts).map(([key, value]) => ({ key, value }));
}

function textsOf(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

async function metricsOf(store: Store, traceId: string) {
  return store.db
    .selectFrom('trace_metrics')
    .select(['key', 'value'])
    .where('request_id', '=', traceId)
    .orderBy('key')
    .execute();
}

async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'not refused',
    (error: unknown) => error,
  );
}

describeStores('traces', (store, backend) => {
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

  describe('start', () => {
    const FINALIZED = { 'mlflow.trace.infoFinalized': 'true' };

    async function newExperiment(): Promise<{ experimentId: string; artifacts: string }> {
      const experimentId = await store().createExperiment({ name: uniqueName('traces') });
      return { experimentId, artifacts: `mlflow-artifacts:/${experimentId}/traces` };
    }

    it('logs a trace, and answers it as it is read', async () => {
      const { experimentId, artifacts } = await newExperiment();
      const traceId = newTrace();
      const trace: StartTrace = {
        traceId,
        experimentId,
        requestTime: 1_700_000_000_123,
        executionDuration: 1_500,
        state: 'OK',
        clientRequestId: 'request',
        requestPreview: 'größe?',
        responsePreview: '',
        traceMetadata: pairs({
          'mlflow.trace.tokenUsage':
            '{"input_tokens": 3, "output_tokens": "4", "total_tokens": null, "other": 9}',
          other: '1',
        }),
        tags: pairs({ 'any*key': 'x', '': 'y', 'mlflow.artifactLocation': '/etc' }),
      };
      const answer = await store().startTrace(trace);
      const { traceMetadata, tags, ...info } = answer;
      expect(info).toEqual({
        traceId,
        experimentId,
        requestTime: 1_700_000_000_123,
        executionDuration: 1_500,
        state: 'OK',
        clientRequestId: 'request',
        requestPreview: 'größe?',
        responsePreview: '',
        assessments: [],
      });
      expect(textsOf(tags)).toEqual({
        'any*key': 'x',
        '': 'y',
        'mlflow.artifactLocation': `${artifacts}/${traceId}/artifacts`,
      });
      expect(textsOf(traceMetadata)).toEqual({
        ...textsOf(trace.traceMetadata ?? []),
        ...FINALIZED,
      });
      const read = await store().getTraceInfo(traceId);
      expect(textsOf(read.tags)).toEqual(textsOf(tags));
      expect(textsOf(read.traceMetadata)).toEqual(textsOf(traceMetadata));
      expect({ ...read, tags, traceMetadata }).toEqual(answer);
      expect(await metricsOf(store(), traceId)).toEqual([
        { key: 'input_tokens', value: 3 },
        { key: 'output_tokens', value: 4 },
      ]);
    });

    it('gives one that stands what is new, and keeps what is not given', async () => {
      const [first, second] = [await newExperiment(), await newExperiment()];
      const traceId = newTrace();
      await store().startTrace({
        traceId,
        experimentId: first.experimentId,
        requestTime: 1,
        executionDuration: 2,
        state: 'IN_PROGRESS',
        clientRequestId: 'request',
        requestPreview: 'asked',
        responsePreview: 'half an answer',
        traceMetadata: pairs({ a: '1', 'mlflow.trace.tokenUsage': '{"input_tokens": 1}' }),
        tags: pairs({ a: '1', b: '1', c: '1' }),
      });
      await store().setTraceTag(traceId, { key: 'd', value: '1' });
      const answer = await store().startTrace({
        traceId,
        experimentId: second.experimentId,
        requestTime: 3,
        state: 'ERROR',
        responsePreview: 'answer',
        traceMetadata: pairs({ b: '2', 'mlflow.trace.tokenUsage': '{"output_tokens": 2}' }),
        tags: pairs({ a: '2' }),
      });
      const { traceMetadata, tags, ...info } = answer;
      expect(info).toEqual({
        traceId,
        experimentId: second.experimentId,
        requestTime: 3,
        state: 'ERROR',
        requestPreview: 'asked',
        responsePreview: 'answer',
        assessments: [],
      });
      expect(textsOf(tags)).toEqual({
        a: '2',
        b: '1',
        c: '1',
        d: '1',
        'mlflow.artifactLocation': `${second.artifacts}/${traceId}/artifacts`,
      });
      expect(textsOf(traceMetadata)).toEqual({
        a: '1',
        b: '2',
        'mlflow.trace.tokenUsage': '{"output_tokens": 2}',
        ...FINALIZED,
      });
      expect(await store().getTraceInfo(traceId)).toEqual(answer);
      expect(await metricsOf(store(), traceId)).toEqual([
        { key: 'input_tokens', value: 1 },
        { key: 'output_tokens', value: 2 },
      ]);
    });

    it('keeps assessments with it, each once however often it is sent', async () => {
      const { experimentId } = await newExperiment();
      const traceId = newTrace();
      const named = `a-${uniqueName('assessment')}`;
      const trace: StartTrace = {
        traceId,
        experimentId,
        requestTime: 1,
        state: 'OK',
        assessments: [
          {
            assessmentId: named,
            name: 'relevance',
            value: { kind: 'feedback', valueJson: '0.5' },
            sourceType: 'LLM_JUDGE',
            sourceId: 'judge',
            createTime: 30,
            lastUpdateTime: 31,
            spanId: 'span',
            rationale: 'because',
            metadata: pairs({ 'mlflow.assessment.sourceRunId': 'run', b: 'x', a: '"' }),
            overrides: 'a-other',
          },
          {
            name: 'failed',
            value: {
              kind: 'feedback',
              valueJson: 'null',
              error: { errorCode: 'E', errorMessage: 'why', stackTrace: 'where' },
            },
            sourceType: 'CODE',
            createTime: 10,
            lastUpdateTime: 10,
          },
          {
            name: 'answer',
            value: { kind: 'expectation', valueJson: '{"n": 12345678901234567890, "x": NaN}' },
            sourceType: 'HUMAN',
            createTime: 20,
            lastUpdateTime: 20,
          },
          {
            name: 'iss-1',
            value: { kind: 'issue', issueName: 'slow' },
            sourceType: 'HUMAN',
            createTime: 40,
            lastUpdateTime: 40,
          },
        ],
      };
      const answer = await store().startTrace(trace);
      const [failed, expectation, feedback, issue] = answer.assessments;
      const madeId = expect.stringMatching(/^a-[0-9a-f]{32}$/) as string;
      expect(failed).toEqual({
        ...trace.assessments?.[1],
        assessmentId: madeId,
        traceId,
        metadata: [],
        valid: true,
      });
      expect(expectation?.value).toEqual(trace.assessments?.[2]?.value);
      expect(feedback).toEqual({ ...trace.assessments?.[0], traceId, valid: true });
      expect(issue?.value).toEqual({ kind: 'issue', issueName: 'slow' });
      expect(await store().getTraceInfo(traceId)).toEqual(answer);
      expect(await store().startTrace(trace)).toEqual(answer);
      const [row] = await store()
        .db.selectFrom('assessments')
        .select(['run_id', 'value'])
        .where('assessment_id', '=', named)
        .execute();
      expect(row).toEqual({ run_id: 'run', value: '0.5' });
    });

    it('cuts what is too long, as MLflow cuts tags', async () => {
      const { experimentId } = await newExperiment();
      const traceId = newTrace();
      await store().startTrace({
        traceId,
        experimentId,
        requestTime: 0,
        state: 'OK',
        requestPreview: 'x'.repeat(1_000),
        responsePreview: '\u{1f600}'.repeat(1_001),
        tags: pairs({ t: '\u{1f600}'.repeat(8_001) }),
        traceMetadata: pairs({ m: 'x'.repeat(8_001) }),
      });
      await store().setTraceTag(traceId, { key: 'later', value: 'x'.repeat(8_001) });
      const read = await store().getTraceInfo(traceId);
      expect(read.requestPreview).toBe('x'.repeat(1_000));
      expect(read.responsePreview).toBe(`${'\u{1f600}'.repeat(997)}...`);
      expect(textsOf(read.tags)).toMatchObject({
        t: '\u{1f600}'.repeat(8_000),
        later: 'x'.repeat(8_000),
      });
      expect(textsOf(read.traceMetadata)['m']).toBe('x'.repeat(8_000));
    });

    it('refuses what it cannot keep, and writes nothing of it', async () => {
      const { experimentId } = await newExperiment();
      const traceId = newTrace();
      const base: StartTrace = { traceId, experimentId, requestTime: 0, state: 'OK' };
      const feedback = {
        name: 'f',
        value: { kind: 'feedback', valueJson: '1' },
        sourceType: 'HUMAN',
      } as const;
      const start = (change: object) => refusalOf(store().startTrace({ ...base, ...change }));
      const deleted = await newExperiment();
      await store().deleteExperiment(deleted.experimentId);
      const cases: readonly (readonly [object, string, string?])[] = [
        [{ traceId: '' }, "Missing value for required parameter 'trace_id'."],
        [
          { traceId: '../x' },
          'Invalid value "../x" for parameter \'trace_id\' supplied: It names a folder: it may only ' +
            'contain letters, digits, underscores, dashes, periods and colons, and begins with one ' +
            'of the first three.',
        ],
        [{ traceId: 't'.repeat(51) }, "'trace_id' exceeds the maximum length of 50 characters"],
        [
          { experimentId: 'x' },
          "Invalid experiment ID 'x'. Experiment ID must be a valid integer.",
        ],
        [
          { experimentId: '987654321' },
          'No Experiment with id=987654321 exists',
          'RESOURCE_DOES_NOT_EXIST',
        ],
        [
          { experimentId: deleted.experimentId },
          `The experiment ${deleted.experimentId} must be in the 'active' state. Current state is ` +
            'deleted.',
        ],
        [
          { state: 'DONE' },
          'Invalid value "DONE" for parameter \'state\' supplied: It must be one of ' +
            'STATE_UNSPECIFIED, OK, ERROR, IN_PROGRESS.',
        ],
        [
          { requestTime: 0.5 },
          "Invalid value 0.5 for parameter 'request_time' supplied: It must be a valid long (64-bit " +
            'integer).',
        ],
        [
          { clientRequestId: 'c'.repeat(51) },
          "'client_request_id' exceeds the maximum length of 50 characters",
        ],
        [
          { tags: pairs({ ['k'.repeat(251)]: 'v' }) },
          "'key of tags' exceeds the maximum length of 250 characters",
        ],
        [
          { assessments: [{ ...feedback, name: '' }] },
          "Missing value for required parameter 'assessments[0].assessment_name'.",
        ],
        [
          { assessments: [feedback, { ...feedback, spanId: 's'.repeat(51) }] },
          "'assessments[1].span_id' exceeds the maximum length of 50 characters",
        ],
        [
          { assessments: [{ ...feedback, value: { kind: 'feedback', valueJson: '{' } }] },
          'Invalid value "{" for parameter \'assessments[0].feedback.value\' supplied: It must be JSON.',
        ],
      ];
      for (const [change, message, errorCode = 'INVALID_PARAMETER_VALUE'] of cases) {
        expect(await start(change)).toMatchObject({ errorCode, message });
      }
      expect(await refusalOf(store().getTraceInfo(traceId))).toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
        message: `Trace with ID '${traceId}' not found.`,
      });
      for (const table of ['trace_tags', 'trace_request_metadata'] as const) {
        const rows = store().db.selectFrom(table).select('key').where('request_id', '=', traceId);
        expect(await rows.execute()).toEqual([]);
      }
    });

    // Two UTF-16 units each, as which CrateDB counts them: where the column is no wider than MLflow's
    // limit, half as many fit.
    it('holds what it takes, whatever the characters, and refuses the rest before it writes', async () => {
      const { experimentId } = await newExperiment();
      const feedback = {
        name: '\u{1f600}'.repeat(250),
        value: { kind: 'feedback', valueJson: '1' },
        sourceType: 'HUMAN',
        sourceId: '\u{1f600}'.repeat(250),
      } as const;
      const startOf = (length: number, field: string): StartTrace => {
        const text = '\u{1d4b3}'.repeat(length);
        const base = { experimentId, requestTime: 0, state: 'OK', tags: pairs({ t: 'v' }) } as const;
        if (field === 'traceId') return { ...base, traceId: newTrace().slice(0, 10) + text };
        const traceId = newTrace();
        if (field === 'clientRequestId') return { ...base, traceId, clientRequestId: text };
        const metadata = pairs({ 'mlflow.assessment.sourceRunId': text });
        const ofIt = field === 'metadata' ? { metadata } : { [field]: text };
        return { ...base, traceId, assessments: [{ ...feedback, ...ofIt }] };
      };
      const limits = {
        traceId: 20,
        clientRequestId: 25,
        assessmentId: 25,
        spanId: 25,
        overrides: 25,
        metadata: 16,
      };
      for (const [field, fits] of Object.entries(limits)) {
        const trace = startOf(fits, field);
        await store().startTrace(trace);
        const { assessments, clientRequestId } = await store().getTraceInfo(trace.traceId);
        expect(clientRequestId).toBe(trace.clientRequestId);
        expect(assessments).toMatchObject(trace.assessments ?? []);

        const tooLong = startOf(fits + 1, field);
        expect(await refusalOf(store().startTrace(tooLong))).toMatchObject({
          errorCode: 'INVALID_PARAMETER_VALUE',
          message: expect.stringContaining('exceeds the maximum length of') as string,
        });
        const left = store().db.selectFrom('trace_tags').select('key');
        expect(await left.where('request_id', '=', tooLong.traceId).execute()).toEqual([]);
      }
      const id = '\u{1d4b3}'.repeat(19);
      const refusals = [
        await refusalOf(store().linkTracesToRun([id], newTrace())),
        await refusalOf(store().linkTracesToRun([newTrace()], id)),
        await refusalOf(store().linkPromptsToTrace(newTrace(), [{ name: id, version: 1 }])),
      ];
      for (const error of refusals) {
        expect(error).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
      }
    });

    it('takes no word for it that the spans are in the table', async () => {
      const { experimentId } = await newExperiment();
      const traceId = newTrace();
      const base = { traceId, experimentId, requestTime: 0, state: 'OK' } as const;
      const location = 'mlflow.trace.spansLocation';
      const claimed = { ...base, tags: pairs({ [location]: 'TRACKING_STORE', k: 'v' }) };
      expect(textsOf((await store().startTrace(claimed)).tags)).not.toHaveProperty([location]);
      // Of one that stands, as an import brings it, it stays.
      await store().setTraceTag(traceId, { key: location, value: 'TRACKING_STORE' });
      expect(textsOf((await store().startTrace(base)).tags)).toMatchObject({
        [location]: 'TRACKING_STORE',
        k: 'v',
      });
    });

    it('of many at once of one id leaves one, with the tags of all', async () => {
      const { experimentId } = await newExperiment();
      const traceId = newTrace();
      const indexes = Array.from({ length: 16 }, (_, index) => index);
      await Promise.all(
        indexes.map((index) =>
          store().startTrace({
            traceId,
            experimentId,
            requestTime: index,
            executionDuration: index,
            state: 'OK',
            clientRequestId: String(index),
            tags: pairs({ same: String(index), [`own-${String(index)}`]: 'x' }),
          }),
        ),
      );
      const read = await store().getTraceInfo(traceId);
      // One row of one call.
      expect(read.executionDuration).toBe(read.requestTime);
      expect(read.clientRequestId).toBe(String(read.requestTime));
      const tags = textsOf(read.tags);
      for (const index of indexes) expect(tags[`own-${String(index)}`]).toBe('x');
      expect(indexes.map(String)).toContain(tags['same']);
    });

    it('is not seen as long as any one of its statements is kept back', async () => {
      const { experimentId } = await newExperiment();
      const assessment = { kind: 'feedback', valueJson: '1' } as const;
      for (let kept = 0; ; kept += 1) {
        const traceId = newTrace();
        let sent = 0;
        let ended = 0;
        const db = haltingDatabase(store().db, (statement) => {
          sent += 1;
          if (sent - 1 === kept) return new Promise(() => {});
          return statement().finally(() => (ended += 1));
        });
        const { tracking } = createRepositories({
          ...{ db, workspace: 'default', artifactRoot: 'mlflow-artifacts:/' },
          ...{ truncateLongValues: true, now: () => Date.now() },
        });
        const call = { isOver: false };
        void tracking
          .startTrace({
            ...{ traceId, experimentId, requestTime: 1, state: 'OK', tags: pairs({ t: '1' }) },
            traceMetadata: pairs({ 'mlflow.trace.tokenUsage': '{"input_tokens": 1}' }),
            assessments: [{ name: 'a', value: assessment, sourceType: 'CODE' }],
          })
          .then(() => (call.isOver = true));
        // Until all that was sent has ended but for the one, and nothing more is sent.
        const isStuck = () => sent > kept && sent === ended + 1;
        for (let quiet = 0; !call.isOver && quiet < 5; quiet = isStuck() ? quiet + 1 : 0) {
          await setImmediate();
        }
        if (call.isOver) {
          expect(kept).toBe(7);
          break;
        }
        expect(await store().batchGetTraceInfos([traceId])).toEqual([]);
      }
    });

    it('is read whole by another server that waits for it', async () => {
      const { experimentId } = await newExperiment();
      const other = backend.name === 'CrateDB' ? await openStore(backend.uri) : store();
      try {
        for (let round = 0; round < 5; round += 1) {
          const traceId = newTrace();
          const progress = { started: false };
          const starting = store()
            .startTrace({
              traceId,
              experimentId,
              requestTime: 1,
              state: 'OK',
              tags: pairs({ t: '1' }),
              traceMetadata: pairs({ m: '1' }),
            })
            .then(() => {
              progress.started = true;
            });
          for (;;) {
            const mustBeThere = progress.started;
            const seen = await other.batchGetTraceInfos([traceId]);
            const [info] = seen;
            if (mustBeThere) expect(seen).toHaveLength(1);
            if (info === undefined) continue;
            expect(textsOf(info.tags)).toMatchObject({ t: '1' });
            expect(textsOf(info.traceMetadata)).toEqual({ m: '1', ...FINALIZED });
            break;
          }
          await starting;
        }
      } finally {
        if (other !== store()) await other.close();
      }
    });
  });

  it('answers several in the order asked, unknown ones left out', async () => {
    const { experimentId } = await createTestRun(store());
    const ids = [newTrace(), newTrace(), newTrace()];
    for (const traceId of ids) {
      const tags = pairs({ own: traceId });
      await store().startTrace({ traceId, experimentId, requestTime: 0, state: 'OK', tags });
    }
    const [a = '', b = '', c = ''] = ids;
    const infos = await store().batchGetTraceInfos([c, newTrace(), a, b, a]);
    expect(infos.map((info) => [info.traceId, textsOf(info.tags)['own']])).toEqual([
      [c, c],
      [a, a],
      [b, b],
    ]);
    expect(await store().batchGetTraceInfos([])).toEqual([]);
    expect(await store().batchGetTraceInfos([newTrace()])).toEqual([]);
  });

  it('answers the spans that are in the table, roots first, then by start', async () => {
    const { experimentId } = await createTestRun(store());
    const start = async (texts: Readonly<Record<string, string>>, stats?: string) => {
      const traceId = newTrace();
      const traceMetadata = stats === undefined ? [] : pairs({ 'mlflow.trace.sizeStats': stats });
      const base = { traceId, experimentId, requestTime: 0, state: 'OK' } as const;
      await store().startTrace({ ...base, traceMetadata });
      for (const tag of pairs(texts)) await store().setTraceTag(traceId, tag);
      return traceId;
    };
    const here = { 'mlflow.trace.spansLocation': 'TRACKING_STORE' };
    type SpanRow = readonly [id: string, parent: string | null, start: number];
    const addSpans = async (trace_id: string, spans: readonly SpanRow[]) =>
      store()
        .db.insertInto('spans')
        .values(
          spans.map(([span_id, parent_span_id, time]) => ({
            ...{ trace_id, span_id, parent_span_id, experiment_id: Number(experimentId) },
            ...{ status: 'OK', start_time_unix_nano: time, content: `{"n": "${span_id}"}` },
          })),
        )
        .execute();
    const whole = await start(here, '{"num_spans": 3}');
    await addSpans(whole, [
      ['late', 'root', 3],
      ['early', 'root', 1],
      ['root', null, 2],
    ]);
    const contents = ['root', 'early', 'late'].map((id) => ({ content: `{"n": "${id}"}` }));
    const trace = { info: await store().getTraceInfo(whole), spans: contents };
    expect(await store().getTrace(whole)).toEqual(trace);

    const partial = await start(here, '{"num_spans": 2}');
    await addSpans(partial, [['root', null, 1]]);
    const empty = await start(here, 'nonsense');
    const elsewhere = await start({}, '{"num_spans": 1}');
    const unknown = newTrace();
    const partOf = (traceId: string) => store().getTrace(traceId, { allowPartial: true });
    expect((await partOf(partial)).spans).toEqual([{ content: '{"n": "root"}' }]);
    expect((await partOf(empty)).spans).toEqual([]);
    const notYet = (id: string) =>
      `Trace with ID ${id} is not fully exported yet, please try again later.`;
    const cases: readonly (readonly [string, string, string])[] = [
      [partial, 'RESOURCE_DOES_NOT_EXIST', notYet(partial)],
      [empty, 'RESOURCE_DOES_NOT_EXIST', notYet(empty)],
      [elsewhere, 'BAD_REQUEST', 'Trace data not stored in tracking store'],
      [unknown, 'RESOURCE_DOES_NOT_EXIST', `Trace with ID ${unknown} is not found.`],
    ];
    for (const [traceId, errorCode, message] of cases) {
      expect(await refusalOf(store().getTrace(traceId))).toMatchObject({ errorCode, message });
    }
    const asked = [elsewhere, partial, whole, empty, unknown];
    expect(await store().batchGetTraces(asked)).toEqual([trace]);
    expect(await store().batchGetTraces([])).toEqual([]);
  });

  it('sets and deletes tags', async () => {
    const { experimentId } = await createTestRun(store());
    const traceId = newTrace();
    await store().startTrace({ traceId, experimentId, requestTime: 0, state: 'OK' });
    const tags = async () => textsOf((await store().getTraceInfo(traceId)).tags);
    const before = await tags();
    await store().setTraceTag(traceId, { key: 'k', value: '1' });
    await store().setTraceTag(traceId, { key: 'k', value: '' });
    expect(await tags()).toEqual({ ...before, k: '' });
    await store().deleteTraceTag(traceId, 'k');
    expect(await tags()).toEqual(before);

    // As a start leaves it that was cut off before the trace was there.
    const unknown = newTrace();
    const left = { request_id: unknown, key: 'k', value: 'v' };
    await store().db.insertInto('trace_tags').values(left).execute();
    const cases: readonly (readonly [() => Promise<unknown>, string, string])[] = [
      [
        () => store().deleteTraceTag(traceId, 'k'),
        'RESOURCE_DOES_NOT_EXIST',
        `No trace tag with key 'k' for trace with ID '${traceId}'`,
      ],
      [
        () => store().deleteTraceTag(unknown, 'k'),
        'RESOURCE_DOES_NOT_EXIST',
        `No trace tag with key 'k' for trace with ID '${unknown}'`,
      ],
      [
        () => store().setTraceTag(unknown, { key: 'k', value: 'v' }),
        'RESOURCE_DOES_NOT_EXIST',
        `Trace with ID '${unknown}' not found.`,
      ],
      [
        () => store().setTraceTag(traceId, { key: 'a//b', value: 'v' }),
        'INVALID_PARAMETER_VALUE',
        'Invalid value "a//b" for parameter \'key\' supplied: Names may be treated as files in ' +
          'certain cases, and must not resolve to other names when treated as such. This name ' +
          "would resolve to 'a/b'",
      ],
      [
        () => store().setTraceTag(traceId, { key: 'k'.repeat(251), value: 'v' }),
        'INVALID_PARAMETER_VALUE',
        "'key' exceeds the maximum length of 250 characters",
      ],
    ];
    for (const [call, errorCode, message] of cases) {
      expect(await refusalOf(call())).toMatchObject({ errorCode, message });
    }
    expect(await tags()).toEqual(before);
    const found = store().db.selectFrom('trace_tags').select('value');
    expect(await found.where('request_id', '=', unknown).where('key', '=', 'k').execute()).toEqual([
      { value: 'v' },
    ]);
  });

  it('links traces to a run, each once, known or not', async () => {
    const [runId, first, second] = ['0'.repeat(32), newTrace(), newTrace()];
    await store().linkTracesToRun([first, second, first], runId);
    const standing = await linksOf(store(), first);
    expect(standing).toMatchObject([{ destination_type: 'run', destination_id: runId }]);
    await store().linkTracesToRun([first], runId);
    expect(await linksOf(store(), first)).toEqual(standing);
    expect(await linksOf(store(), second)).toHaveLength(1);

    await store().linkTracesToRun([], runId);
    const many = Array.from({ length: 101 }, newTrace);
    const cases: readonly (readonly [readonly string[], string, string])[] = [
      [
        many,
        runId,
        'Cannot link more than 100 traces to a run in a single request. Provided 101 traces.',
      ],
      [[first], '', "Missing value for required parameter 'run_id'."],
      [[first, ''], runId, "Missing value for required parameter 'trace_ids[1]'."],
      [
        ['t'.repeat(37)],
        runId,
        `Invalid value "${'t'.repeat(37)}" for parameter 'trace_ids[0]' supplied: MLflow's table of ` +
          'associations holds ids of 36 characters.',
      ],
    ];
    for (const [traceIds, run, message] of cases) {
      const error = await refusalOf(store().linkTracesToRun(traceIds, run));
      expect(error).toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE', message });
    }
    expect(await linksOf(store(), first)).toEqual(standing);
    await store().linkTracesToRun(many.slice(1), runId);
  });
});
