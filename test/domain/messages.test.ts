import { describe, expect, it } from 'vitest';

import {
  experimentNameTaken,
  experimentNotActive,
  type MlflowError,
  noSuchExperiment,
  noSuchExperimentName,
  noSuchExperimentTag,
  noSuchLoggedModel,
  noSuchRun,
  noSuchRunTag,
  paramChanged,
  paramsChanged,
  renameOfInactiveExperiment,
  runNotActive,
} from '../../src/domain/index.js';

const change = { key: 'p', oldValue: '1', newValue: '2' };

describe('messages about what stands in the database', () => {
  it.each<[MlflowError, string, string]>([
    [noSuchExperiment(9), 'RESOURCE_DOES_NOT_EXIST', 'No Experiment with id=9 exists'],
    [
      noSuchExperimentName('x'),
      'RESOURCE_DOES_NOT_EXIST',
      "Could not find experiment with name 'x'",
    ],
    [experimentNameTaken('x'), 'RESOURCE_ALREADY_EXISTS', 'Experiment(name=x) already exists.'],
    [
      experimentNotActive(9, 'deleted'),
      'INVALID_PARAMETER_VALUE',
      "The experiment 9 must be in the 'active' state. Current state is deleted.",
    ],
    [renameOfInactiveExperiment(), 'INVALID_STATE', 'Cannot rename a non-active experiment.'],
    [
      noSuchExperimentTag(9, 'k'),
      'RESOURCE_DOES_NOT_EXIST',
      'No tag with name: k in experiment with id 9',
    ],
    [noSuchRun('r'), 'RESOURCE_DOES_NOT_EXIST', 'Run with id=r not found'],
    [
      runNotActive('r', 'deleted'),
      'INVALID_PARAMETER_VALUE',
      "The run r must be in the 'active' state. Current state is deleted.",
    ],
    [noSuchRunTag('r', 'k'), 'RESOURCE_DOES_NOT_EXIST', 'No tag with name: k in run with id r'],
    [noSuchLoggedModel('m'), 'RESOURCE_DOES_NOT_EXIST', "Logged model with ID 'm' not found."],
    [
      paramChanged('r', change),
      'INVALID_PARAMETER_VALUE',
      "Changing param values is not allowed. Param with key='p' was already logged with " +
        "value='1' for run ID='r'. Attempted logging new value '2'.",
    ],
    [
      paramsChanged('r', [change, { key: 'q', oldValue: "it's", newValue: 'a\nb' }]),
      'INVALID_PARAMETER_VALUE',
      "Changing param values is not allowed. Params were already logged='[{'key': 'p', " +
        "'old_value': '1', 'new_value': '2'}, {'key': 'q', 'old_value': \"it's\", 'new_value': " +
        "'a\\nb'}]' for run ID='r'.",
    ],
  ])('%s', (error, code, message) => {
    expect([error.errorCode, error.message]).toEqual([code, message]);
  });
});
