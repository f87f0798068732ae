import { describe, expect, it } from 'vitest';

import {
  checkCreateRun,
  checkUpdateRunInfo,
  newUuidHex,
  randomRunName,
  RUN_NAME_TAG,
  type RunStatus,
} from '../../src/domain/index.js';
import { refusal } from './refusal.js';

const named = (value: string) => ({ key: RUN_NAME_TAG, value });
const experimentId = '0';

describe('checkCreateRun', () => {
  it.each([
    ['the field', { runName: 'a' }],
    ['the tag', { tags: [named('a')] }],
    ['both, if they agree', { runName: 'a', tags: [named('a')] }],
    ['the field, if the tag is empty', { runName: 'a', tags: [named('')] }],
    ['the tag, if the field is empty', { runName: '', tags: [named('a')] }],
  ])('takes the name from %s', (_, run) => {
    expect(checkCreateRun({ experimentId, ...run })).toEqual({
      name: 'a',
      tags: [named('a')],
      userId: '',
      startTime: 0,
    });
  });

  it('makes up a name, and always tags it', () => {
    const { name, tags } = checkCreateRun({ experimentId, tags: [{ key: 'k', value: 'v' }] });
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    expect(tags).toEqual([{ key: 'k', value: 'v' }, named(name)]);
  });

  it('refuses two different names', () => {
    const run = { experimentId, runName: 'a', tags: [named('b')] };
    expect(refusal(() => checkCreateRun(run))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different " +
        "values (run_name='a', mlflow.runName='b').",
    ]);
  });

  it('names a tag that is there twice, where MLflow shows the database error', () => {
    const tag = { key: 'a', value: 'v' };
    expect(refusal(() => checkCreateRun({ experimentId, tags: [tag, tag] }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Duplicate tag keys have been submitted: ['a']. Please ensure the request contains only " +
        'one tag value per tag key.',
    ]);
  });

  it('holds tags to the limits of set-tag, which MLflow does not', () => {
    const tags = [{ key: 'a', value: 'x'.repeat(8001) }];
    expect(checkCreateRun({ experimentId, tags }).tags[0]?.value).toHaveLength(8000);
    const strict = { truncateLongValues: false };
    expect(refusal(() => checkCreateRun({ experimentId, tags }, strict))?.[1]).toBe(
      "'tags[0].value' exceeds the maximum length of 8000 characters",
    );
    const bad = [{ key: '../a', value: 'v' }];
    expect(refusal(() => checkCreateRun({ experimentId, tags: bad }))?.[1]).toContain(
      "'tags[0].key'",
    );
  });

  it('refuses a start time that is no 64-bit integer', () => {
    expect(refusal(() => checkCreateRun({ experimentId, startTime: 1.5 }))?.[1]).toBe(
      "Invalid value 1.5 for parameter 'start_time' supplied: " +
        'It must be a valid long (64-bit integer).',
    );
  });
});

describe('checkUpdateRunInfo', () => {
  it('leaves out what changes nothing', () => {
    expect(checkUpdateRunInfo({ runName: '', endTime: undefined })).toEqual({});
    const update = { status: 'FINISHED', endTime: 5, runName: 'n' } as const;
    expect(checkUpdateRunInfo(update)).toEqual(update);
  });

  it('refuses an unknown status', () => {
    expect(refusal(() => checkUpdateRunInfo({ status: 'DONE' as RunStatus }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      'Could not get run status corresponding to string DONE. Valid run status strings: ' +
        "['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']",
    ]);
  });
});

describe('random names and ids', () => {
  it('have the form and length that MLflow promises', () => {
    const names = Array.from({ length: 5_000 }, randomRunName);
    expect(names.filter((name) => !/^[a-z]+-[a-z]+-\d{1,3}$/.test(name))).toEqual([]);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(20);
    expect(new Set(names).size).toBeGreaterThan(4_900);
  });

  it('are 32 hex digits, never the same', () => {
    expect(newUuidHex()).toMatch(/^[0-9a-f]{32}$/);
    expect(newUuidHex()).not.toBe(newUuidHex());
  });
});
