import { describe, expect, it } from 'vitest';

import {
  checkArtifactLocation,
  checkCreateExperiment,
  checkExperimentId,
  checkMaxResults,
  checkRenameExperiment,
} from '../../src/domain/index.js';
import { refusal } from './refusal.js';

describe('names of experiments', () => {
  it.each(['x', ' ', '/', '😀'.repeat(500)])('may be %j', (name) => {
    expect(checkCreateExperiment({ name })).toEqual({ name, tags: [] });
    expect(checkRenameExperiment(name)).toBe(name);
  });

  it.each([
    ['', "Invalid experiment name: ''"],
    ['😀'.repeat(501), "'name' exceeds the maximum length of 500 characters"],
  ])('may not be %j', (name, message) => {
    const refused = ['INVALID_PARAMETER_VALUE', message];
    expect(refusal(() => checkCreateExperiment({ name }))).toEqual(refused);
    expect(refusal(() => checkRenameExperiment(name))).toEqual(refused);
  });
});

describe('checkCreateExperiment', () => {
  it('takes an empty location for none', () => {
    expect(checkCreateExperiment({ name: 'x', artifactLocation: '' })).toEqual({
      name: 'x',
      tags: [],
    });
  });

  it('holds tags to the limits of set-experiment-tag, which MLflow does not', () => {
    const tags = [
      { key: 'ok', value: 'v' },
      { key: 'long', value: 'x'.repeat(5001) },
    ];
    expect(refusal(() => checkCreateExperiment({ name: 'x', tags }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "'tags[1].value' exceeds the maximum length of 5000 characters",
    ]);
  });

  it('says that a tag is there twice, where MLflow says that the experiment exists', () => {
    const tag = { key: 'a', value: 'v' };
    expect(refusal(() => checkCreateExperiment({ name: 'x', tags: [tag, tag] }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Duplicate tag keys have been submitted: ['a']. Please ensure the request contains only " +
        'one tag value per tag key.',
    ]);
  });
});

describe('checkArtifactLocation', () => {
  it.each([
    's3://b/p',
    's3://b/p;x',
    '/p;x/a',
    'http://h/p?q=1',
    'http://h/p;',
    'file:///tmp/x',
    './rel',
    'dbfs:/p;x',
    'x'.repeat(2048),
  ])('takes %j', (location) => {
    expect(refusal(() => checkArtifactLocation(location))).toBeUndefined();
  });

  const PARTS = "'artifact_location' URL can't include fragments or params.";
  const LENGTH =
    'Invalid artifact path length. The length of the artifact path cannot be greater than 2048 ' +
    'characters. To configure this limit, please set the MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH ' +
    'environment variable.';

  it.each([
    ['s3://b/p#f', PARTS],
    ['/abs#x', PARTS],
    ['/p/a;x', PARTS],
    ['http://h/p;x', PARTS],
    ['sftp://h/p;x', PARTS],
    ['http://h/p?q=../x', 'Invalid query string'],
    ['http://h/p?q=%2e%2e', 'Invalid query string'],
    ['http://h/p?q=%252e%252e/', 'Invalid query string'],
    ['runs:/abc', "Artifact location cannot be a runs:/ URI. Given: 'runs:/abc'"],
    ['x'.repeat(2049), LENGTH],
  ])('refuses %j', (location, message) => {
    expect(refusal(() => checkArtifactLocation(location))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });

  it('takes another limit', () => {
    const options = { maxArtifactLocationLength: 3 };
    expect(refusal(() => checkArtifactLocation('/ab', options))).toBeUndefined();
    expect(refusal(() => checkArtifactLocation('/abc', options))?.[1]).toContain('3 characters');
  });
});

describe('checkExperimentId', () => {
  it.each([
    ['0', 0],
    ['42', 42],
    ['-1', -1],
    ['9223372036854775806', 9223372036854775806n],
  ])('reads %s', (text, id) => {
    expect(checkExperimentId(text)).toBe(id);
  });

  it.each(['abc', '1.5', ' 1', '1_0', '9223372036854775808'])('refuses %j', (text) => {
    expect(refusal(() => checkExperimentId(text))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `Invalid experiment ID '${text}'. Experiment ID must be a valid integer.`,
    ]);
  });

  it('misses one that is empty, where MLflow shows the database error', () => {
    expect(refusal(() => checkExperimentId(''))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Missing value for required parameter 'experiment_id'.",
    ]);
  });
});

describe('checkMaxResults', () => {
  it('takes 1 to the limit', () => {
    expect([1, 50_000].map((value) => checkMaxResults(value, 50_000))).toEqual([1, 50_000]);
  });

  it.each([
    [0, 'It must be a positive integer'],
    [-1, 'It must be a positive integer'],
    [1.5, 'It must be a positive integer'],
    [50_001, 'It must be at most 50000'],
  ])('refuses %d', (value, rule) => {
    expect(refusal(() => checkMaxResults(value, 50_000))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${value} for parameter 'max_results' supplied. ${rule}`,
    ]);
  });
});
