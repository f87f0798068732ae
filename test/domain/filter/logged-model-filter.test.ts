import { describe, expect, it } from 'vitest';

import { parseLoggedModelFilter, parseLoggedModelOrderBy } from '../../../src/domain/index.js';
import { refusal } from '../refusal.js';

describe('filter of logged models', () => {
  it.each([
    ["name = 'a'", { type: 'attribute', key: 'name', comparator: '=', value: 'a' }],
    ['name = "a"', { type: 'attribute', key: 'name', comparator: '=', value: 'a' }],
    ['name = a', { type: 'attribute', key: 'name', comparator: '=', value: 'a' }],
    ['`name` != a', { type: 'attribute', key: 'name', comparator: '!=', value: 'a' }],
    ["attributes.name like 'a%'", { type: 'attribute', key: 'name', comparator: 'LIKE', value: 'a%' }],
    ["name not in ('A', 'b')", { type: 'attribute', key: 'name', comparator: 'NOT IN', value: ['A', 'b'] }],
    ['status = 2', { type: 'attribute', key: 'status', comparator: '=', value: '2' }],
    ["status = 'FAILED'", { type: 'attribute', key: 'status', comparator: '=', value: '3' }],
    ["status IN ('READY', '1')", { type: 'attribute', key: 'status', comparator: 'IN', value: ['2', '1'] }],
    ["status LIKE 'x%'", { type: 'attribute', key: 'status', comparator: 'LIKE', value: 'x%' }],
    ['creation_time > 1.5', { type: 'attribute', key: 'creation_timestamp', comparator: '>', value: 1 }],
    [
      'attributes.last_updated_timestamp_ms = 5',
      { type: 'attribute', key: 'last_updated_timestamp', comparator: '=', value: 5 },
    ],
    ['metrics.`val/loss` <= -1e-3', { type: 'metric', key: 'val/loss', comparator: '<=', value: -0.001 }],
    ['metrics.a.b != 1', { type: 'metric', key: 'a.b', comparator: '!=', value: 1 }],
    ['params.lr = 0.01', { type: 'param', key: 'lr', comparator: '=', value: '0.01' }],
    ["params.lr IN ('1',)", { type: 'param', key: 'lr', comparator: 'IN', value: ['1'] }],
    ["tags.\"a b\" ILIKE 'X'", { type: 'tag', key: 'a b', comparator: 'ILIKE', value: 'X' }],
  ])('%s', (filter, clause) => {
    expect(parseLoggedModelFilter(filter)).toEqual([clause]);
  });

  it('takes none, and several', () => {
    expect(parseLoggedModelFilter(undefined)).toEqual([]);
    expect(parseLoggedModelFilter('')).toEqual([]);
    expect(parseLoggedModelFilter("name = 'a' AND metrics.m > 1 and tags.t = 'x'")).toHaveLength(3);
  });

  it.each([
    [
      "tag.a = 'x'",
      "Invalid entity type: 'tag'. Expected one of ['attributes', 'metrics', 'params', 'tags'].",
    ],
    [
      "name > 'a'",
      "Invalid comparison operator for attributes.name: '>'. Expected one of ('=', '!=', 'LIKE', " +
        "'ILIKE', 'IN', 'NOT IN').",
    ],
    [
      "metrics.m LIKE 'a'",
      "Invalid comparison operator for metrics.m: 'LIKE'. Expected one of ('=', '!=', '<', '<=', " +
        "'>', '>=').",
    ],
    [
      'params.p IS NULL',
      "Invalid comparison operator for params.p: 'IS NULL'. Expected one of ('=', '!=', 'LIKE', " +
        "'ILIKE', 'IN', 'NOT IN').",
    ],
    ["metrics.m > '1'", "Expected numeric value type for metric. Found '1'"],
    [
      "creation_time > '1'",
      "Expected numeric value type for numeric attribute: creation_timestamp. Found '1'",
    ],
    ["name = ('a')", "Expected a quoted string value. Got value ('a')"],
    ['name = 1 + 1', 'Expected a quoted string value. Got value 1 + 1'],
    ["name = 'a' OR name = 'b'", "Invalid clause(s) in filter string: 'OR'"],
    [' ', "Invalid filter ' '. Could not be parsed."],
  ])('%s is refused', (filter, message) => {
    expect(refusal(() => parseLoggedModelFilter(filter))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });

  it('names the keys there are', () => {
    expect(() => parseLoggedModelFilter("nothing = 'x'")).toThrow(
      /^Invalid attribute key 'nothing' specified\. Valid keys are \['model_id', 'experiment_id'/,
    );
  });
});

describe('order of logged models', () => {
  it('takes columns by all their names, and metrics as they are', () => {
    expect(
      parseLoggedModelOrderBy([
        { fieldName: 'creation_time', ascending: false },
        { fieldName: 'metrics.a.b', datasetName: '', datasetDigest: 'd' },
      ]),
    ).toEqual([
      { type: 'attribute', key: 'creation_timestamp', ascending: false },
      { type: 'metric', key: 'a.b', ascending: true, datasetName: undefined, datasetDigest: 'd' },
    ]);
    expect(parseLoggedModelOrderBy(undefined)).toEqual([]);
  });

  it.each([
    ['nothing', 'Invalid order by field name: nothing'],
    ['params.lr', 'Invalid order by field name: params.lr. Only metrics are supported.'],
    ['attributes.name', 'Invalid order by field name: attributes.name. Only metrics are supported.'],
  ])('%s is refused', (fieldName, message) => {
    expect(refusal(() => parseLoggedModelOrderBy([{ fieldName }]))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});
