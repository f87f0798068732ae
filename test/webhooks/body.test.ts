import { describe, expect, it } from 'vitest';

import {
  EXAMPLE_PAYLOADS,
  modelCreated,
  promptTagChanged,
  versionCreated,
  WEBHOOK_EVENT_NAMES,
  webhookBody,
} from '../../src/domain/webhooks/index.js';

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

describe('the body of a delivery', () => {
  it('is Python’s JSON, fields in MLflow’s order', () => {
    const { event, payload } = versionCreated({
      name: 'm ü',
      version: 3,
      source: 's3://b/"x"',
      runId: '',
      tags: [
        { key: '2', value: 'first' },
        { key: '1', value: '😀\u0001\u007f' },
        // Of a key given twice, the last value, in the place of the first.
        { key: '2', value: 'last' },
      ],
    });
    expect(event).toBe('model_version.created');
    expect(webhookBody(event, payload, TIME)).toBe(
      '{"entity": "model_version", "action": "created", ' +
        '"timestamp": "2026-01-02T03:04:05.678000+00:00", ' +
        '"data": {"name": "m \\u00fc", "version": "3", "source": "s3://b/\\"x\\"", ' +
        '"run_id": null, "tags": {"2": "last", "1": "\\ud83d\\ude00\\u0001\\u007f"}, ' +
        '"description": null}}',
    );
  });

  it('has a time without microseconds where there are none', () => {
    const { event, payload } = promptTagChanged('p', 'k');
    expect(webhookBody(event, payload, TIME - 678)).toBe(
      '{"entity": "prompt_tag", "action": "deleted", ' +
        '"timestamp": "2026-01-02T03:04:05+00:00", "data": {"name": "p", "key": "k"}}',
    );
  });

  it('of a prompt leaves out the tags that make it one', () => {
    const tags = [
      { key: 'mlflow.prompt.is_prompt', value: 'false' },
      { key: '_mlflow_prompt_type', value: 'chat' },
      { key: 'mlflow.prompt.text', value: 'Hello' },
      { key: 'a', value: '' },
    ];
    expect(modelCreated({ name: 'p', tags, description: '' })).toEqual({
      event: 'prompt.created',
      modelName: 'p',
      payload: [
        ['name', 'p'],
        ['tags', [tags[2], tags[3]]],
        ['description', ''],
      ],
    });
    expect(versionCreated({ name: 'p', version: 1, source: 's', tags })).toEqual({
      event: 'prompt_version.created',
      modelName: 'p',
      payload: [
        ['name', 'p'],
        ['version', '1'],
        ['template', 'Hello'],
        ['tags', [tags[3]]],
        ['description', null],
      ],
    });
  });

  it('has an example of every event, with floats as Python has them', () => {
    expect(Object.keys(EXAMPLE_PAYLOADS).sort()).toEqual([...WEBHOOK_EVENT_NAMES].sort());
    expect(WEBHOOK_EVENT_NAMES).toHaveLength(15);
    const name = 'budget_policy.exceeded';
    expect(webhookBody(name, EXAMPLE_PAYLOADS[name], TIME)).toContain(
      '"budget_amount": 100.0, "current_spend": 105.5, "duration_unit": "MONTHS", "duration_value": 1,',
    );
  });
});
