import { describe, expect, it } from 'vitest';

import {
  parseModelVersionFilter,
  parseModelVersionOrderBy,
  parseRegisteredModelFilter,
  parseRegisteredModelOrderBy,
} from '../../../src/domain/index.js';
import { refusal } from '../refusal.js';

function messageOf(call: () => unknown): string | undefined {
  const [code, message] = refusal(call) ?? [];
  expect(code).toBe('INVALID_PARAMETER_VALUE');
  return message;
}

describe('filters over registered models', () => {
  it('clauses', () => {
    expect(parseRegisteredModelFilter(undefined)).toEqual([]);
    expect(
      parseRegisteredModelFilter("name LIKE 'a%' and tags.`a b` = \"x\" AND attribute.name != 'b'"),
    ).toEqual([
      { type: 'attribute', key: 'name', comparator: 'LIKE', value: 'a%' },
      { type: 'tag', key: 'a b', comparator: '=', value: 'x' },
      { type: 'attribute', key: 'name', comparator: '!=', value: 'b' },
    ]);
  });

  it.each([
    ["attributes.name = 'x'", "Invalid entity type 'attributes'. Valid entity types are ('attribute', 'tag', 'tags')"],
    ['tags.a = 1', "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
    ["tags.a IN ('x')", "Expected a quoted string value for tag (e.g. 'my-value'). Got value ('x')"],
    ['name IS NULL', 'Invalid comparator for attribute: IS NULL'],
    [
      'name = x',
      'Parameter value is either not quoted or unidentified quote types used for string value x. Use either single or double quotes.',
    ],
  ])('refuses %s', (filter, message) => {
    expect(messageOf(() => parseRegisteredModelFilter(filter))).toBe(message);
  });

  it('order', () => {
    expect(parseRegisteredModelOrderBy(['timestamp DESC', 'name', 'last_updated_timestamp'])).toEqual([
      { type: 'attribute', key: 'last_updated_timestamp', ascending: false },
      { type: 'attribute', key: 'name', ascending: true },
    ]);
    expect(messageOf(() => parseRegisteredModelOrderBy(['tags.a']))).toBe(
      "Invalid order by key 'tags.a' specified. Valid keys are '{'name', 'timestamp'}'",
    );
  });
});

describe('filters over model versions', () => {
  it('clauses', () => {
    expect(
      parseModelVersionFilter(
        "version_number >= 1.5 AND run_id in ('a', 'B') AND source_path ILIKE 's3:%' AND tag.k != 'v'",
      ),
    ).toEqual([
      { type: 'attribute', key: 'version_number', comparator: '>', value: 1 },
      { type: 'attribute', key: 'run_id', comparator: 'IN', value: ['a', 'B'] },
      { type: 'attribute', key: 'source_path', comparator: 'ILIKE', value: 's3:%' },
      { type: 'tag', key: 'k', comparator: '!=', value: 'v' },
    ]);
    expect(parseModelVersionFilter("version_number = '2'")).toEqual([
      { type: 'attribute', key: 'version_number', comparator: '=', value: 2 },
    ]);
  });

  it.each([
    ["run_id = ('a')", 'Invalid comparator for attribute: ='],
    ['run_id IN ()', 'While parsing a list in the query, expected a non-empty list of string values, but got empty list'],
    ['version_number IN (1)', "Only the 'run_id' attribute supports comparison with a list of quoted string values."],
    ['version_number IS NULL', 'Invalid comparator for attribute version_number: IS NULL'],
    ["name > 'a'", 'Invalid comparator for attribute: >'],
  ])('refuses %s', (filter, message) => {
    expect(messageOf(() => parseModelVersionFilter(filter))).toBe(message);
  });

  it('order', () => {
    expect(parseModelVersionOrderBy(['version_number DESC', 'attribute.name', 'name DESC'])).toEqual([
      { type: 'attribute', key: 'version_number', ascending: false },
      { type: 'attribute', key: 'name', ascending: true },
    ]);
    expect(messageOf(() => parseModelVersionOrderBy(['tags.k']))).toBe(
      "Invalid order by key 'k' specified. Valid keys are {'name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'}",
    );
    expect(messageOf(() => parseModelVersionOrderBy(['params.k']))).toBe(
      "Invalid entity type 'params'. Valid entity types are ('attribute', 'tag', 'tags')",
    );
  });
});
