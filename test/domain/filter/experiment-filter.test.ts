import { describe, expect, it } from 'vitest';

import { parseExperimentFilter } from '../../../src/domain/index.js';
import { refusal } from '../refusal.js';

// What MLflow 3.12.0 answers to these (`mlflow.utils.search_utils`, then a store on SQLite).
// Its lists of valid values come in random order, and some name more than is valid. Where ours
// differs otherwise, a test further down says so.

type Row = [type: string, key: string, comparator: string, value?: unknown];

const TEXT = "'{'=', '!=', 'LIKE', 'ILIKE'}'";
const EXPERIMENT_KEYS = "'{'name', 'creation_time', 'last_update_time'}'";
const EXPERIMENT_TYPES = "('attribute', 'attributes', 'tag', 'tags')";
const UNQUOTED =
  'Parameter value is either not quoted or unidentified quote types used for string value ';
const INVALID_CLAUSES = 'Invalid clause(s) in filter string: ';
const NO_IDENTIFIER = "Invalid comparison clause. Expected 'Identifier' found ";

const accepted: readonly [filter: string, rows: readonly Row[]][] = [
  ['', []],
  ["name = 'x'", [['attribute', 'name', '=', 'x']]],
  ["name='x'", [['attribute', 'name', '=', 'x']]],
  ['name = "x"', [['attribute', 'name', '=', 'x']]],
  ["name LIKE 'x%'", [['attribute', 'name', 'LIKE', 'x%']]],
  ["name ILIKE 'x%'", [['attribute', 'name', 'ILIKE', 'x%']]],
  ["name != 'x'", [['attribute', 'name', '!=', 'x']]],
  ["attribute.name = 'x'", [['attribute', 'name', '=', 'x']]],
  ["attribute.`name` = 'x'", [['attribute', 'name', '=', 'x']]],
  ["`name` = 'x'", [['attribute', 'name', '=', 'x']]],
  ['"name" = \'x\'', [['attribute', 'name', '=', 'x']]],
  ['creation_time > 1', [['attribute', 'creation_time', '>', 1]]],
  ['creation_time >= 1700000000000', [['attribute', 'creation_time', '>=', 1700000000000]]],
  ['creation_time > -1', [['attribute', 'creation_time', '>', -1]]],
  ['attribute.creation_time < 5', [['attribute', 'creation_time', '<', 5]]],
  ['last_update_time > 1', [['attribute', 'last_update_time', '>', 1]]],
  [
    'last_update_time < 9007199254740993',
    [['attribute', 'last_update_time', '<', 9007199254740993n]],
  ],
  ["tags.a = 'x'", [['tag', 'a', '=', 'x']]],
  ["tag.a = 'x'", [['tag', 'a', '=', 'x']]],
  ["tags.`a b` = 'x'", [['tag', 'a b', '=', 'x']]],
  ['tags."a b" = \'x\'', [['tag', 'a b', '=', 'x']]],
  ["tags.a != 'x'", [['tag', 'a', '!=', 'x']]],
  ["tags.a LIKE '%x%'", [['tag', 'a', 'LIKE', '%x%']]],
  ['tags.a IS NULL', [['tag', 'a', 'IS NULL']]],
  ['tags.a is null', [['tag', 'a', 'IS NULL']]],
  ['tags.a IS NOT NULL', [['tag', 'a', 'IS NOT NULL']]],
  ['tags.a is not null', [['tag', 'a', 'IS NOT NULL']]],
  ["tags.mlflow.note.content = 'x'", [['tag', 'mlflow.note.content', '=', 'x']]],
  ["name = 'x' AND tags.a = 'y'", [['attribute', 'name', '=', 'x'], ['tag', 'a', '=', 'y']]],
  ["name = 'x' and tags.a = 'y'", [['attribute', 'name', '=', 'x'], ['tag', 'a', '=', 'y']]],
  ["name = 'x' AND", [['attribute', 'name', '=', 'x']]],
  ["AND name = 'x'", [['attribute', 'name', '=', 'x']]],
  [
    'creation_time > 1 AND creation_time < 5',
    [['attribute', 'creation_time', '>', 1], ['attribute', 'creation_time', '<', 5]],
  ],
  ["name = ''", [['attribute', 'name', '=', '']]],
  ["name = 'it''s'", [['attribute', 'name', '=', "it''s"]]],
  ["tags. = 'x'", [['tag', '', '=', 'x']]],
  ["tags.name = 'x'", [['tag', 'name', '=', 'x']]],
  ["tags.version = 'x'", [['tag', 'version', '=', 'x']]],
];

const refused: readonly [filter: string, message: string][] = [
  ['  ', "Invalid filter '  '. Could not be parsed."],
  ["name > 'x'", `Invalid comparator '>' not one of ${TEXT}`],
  [
    "name IN ('x')",
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  [
    "name NOT IN ('x')",
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  ['name IS NULL', "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'"],
  ['name = 1', 'Expected a quoted string value for attributes. Got value 1'],
  ['name = x', `${UNQUOTED}x. Use either single or double quotes.`],
  ["attr.name = 'x'", `Invalid entity type 'attr'. Valid entity types are ${EXPERIMENT_TYPES}`],
  [
    "experiment.name = 'x'",
    `Invalid entity type 'experiment'. Valid entity types are ${EXPERIMENT_TYPES}`,
  ],
  [
    "experiment_id = '1'",
    `Invalid attribute key 'experiment_id' specified. Valid keys are ${EXPERIMENT_KEYS}`,
  ],
  [
    "attribute.experiment_id = '1'",
    `Invalid attribute key 'experiment_id' specified. Valid keys are ${EXPERIMENT_KEYS}`,
  ],
  [
    "lifecycle_stage = 'active'",
    `Invalid attribute key 'lifecycle_stage' specified. Valid keys are ${EXPERIMENT_KEYS}`,
  ],
  [
    "artifact_location = 'x'",
    `Invalid attribute key 'artifact_location' specified. Valid keys are ${EXPERIMENT_KEYS}`,
  ],
  [
    "creation_time = '1'",
    "Expected numeric value type for numeric attribute: creation_time. Found '1'",
  ],
  [
    "creation_time LIKE '1'",
    "Expected numeric value type for numeric attribute: creation_time. Found '1'",
  ],
  ["tags.a > 'x'", 'Invalid comparator for tag: >'],
  ["tags.a IN ('x')", "Expected a quoted string value for tag (e.g. 'my-value'). Got value ('x')"],
  ['tags.a = 1', "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
  ['tags.a = x', `${UNQUOTED}x. Use either single or double quotes.`],
  ["tags.a/b = 'x'", `${NO_IDENTIFIER}'tags.a/b'`],
  ["params.a = 'x'", `Invalid entity type 'params'. Valid entity types are ${EXPERIMENT_TYPES}`],
  ['metrics.a > 1', `Invalid entity type 'metrics'. Valid entity types are ${EXPERIMENT_TYPES}`],
  ["foo.a = 'x'", `Invalid entity type 'foo'. Valid entity types are ${EXPERIMENT_TYPES}`],
  ["foo = 'x'", `Invalid attribute key 'foo' specified. Valid keys are ${EXPERIMENT_KEYS}`],
  ["name = 'x' OR tags.a = 'y'", `${INVALID_CLAUSES}OR`],
  ["name = 'x' or tags.a = 'y'", `${INVALID_CLAUSES}or`],
  ["(name = 'x')", `${INVALID_CLAUSES}(name = 'x')`],
  [
    "name = 'x'; name = 'y'",
    'Search filter contained multiple expression "name = \'x\'; name = \'y\'". Provide AND-ed ' +
      'expression list.',
  ],
  ["name = 'x';", `${INVALID_CLAUSES};`],
  ['name', `${INVALID_CLAUSES}name`],
  ['name =', `${INVALID_CLAUSES}name, =`],
  ["= 'x'", `${INVALID_CLAUSES}=, 'x'`],
  [
    'creation_time IS NULL',
    "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'creation_time'",
  ],
  [
    'attribute.name IS NULL',
    "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'",
  ],
  ["name == 'x'", `Invalid comparator '==' not one of ${TEXT}`],
  ["name <> 'x'", `Invalid comparator '<>' not one of ${TEXT}`],
  ["name RLIKE 'x'", `Invalid comparator 'RLIKE' not one of ${TEXT}`],
  [
    'creation_time IN (1)',
    'Expected numeric value type for numeric attribute: creation_time. Found (1)',
  ],
  [
    "creation_time IN ('1')",
    "Expected numeric value type for numeric attribute: creation_time. Found ('1')",
  ],
  ['creation_time BETWEEN 1 AND 2', `${INVALID_CLAUSES}creation_time, BETWEEN, 1, 2`],
  ["Name = 'x'", `Invalid attribute key 'Name' specified. Valid keys are ${EXPERIMENT_KEYS}`],
  ["tags = 'x'", `Invalid attribute key 'tags' specified. Valid keys are ${EXPERIMENT_KEYS}`],
  [
    "name = ('x')",
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  [
    'name IN (1)',
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  [
    'name IN ()',
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  [
    "attribute.foo = 'x'",
    `Invalid attribute key 'foo' specified. Valid keys are ${EXPERIMENT_KEYS}`,
  ],
];

function rowsOf(filter: string): readonly Row[] {
  return parseExperimentFilter(filter).map(({ type, key, comparator, value }) =>
    value === undefined ? [type, key, comparator] : [type, key, comparator, value],
  );
}

describe('parseExperimentFilter, as MLflow', () => {
  it('has nothing to do without a filter', () => {
    expect(parseExperimentFilter(undefined)).toEqual([]);
  });

  it.each(accepted)('reads %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each(refused)('refuses %j', (input, message) => {
    expect(refusal(() => parseExperimentFilter(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});

describe('parseExperimentFilter, unlike MLflow', () => {
  it.each<[string, readonly Row[]]>([
    ["name like 'x%'", [['attribute', 'name', 'LIKE', 'x%']]],
    ["name ilike 'x'", [['attribute', 'name', 'ILIKE', 'x']]],
    ["attributes.name = 'x'", [['attribute', 'name', '=', 'x']]],
    ["`attribute`.name = 'x'", [['attribute', 'name', '=', 'x']]],
    ["tags.a like '%x%'", [['tag', 'a', 'LIKE', '%x%']]],
    ["tags.a Ilike 'x'", [['tag', 'a', 'ILIKE', 'x']]],
    ["`tags`.a = 'x'", [['tag', 'a', '=', 'x']]],
    ['attributes.creation_time > 1', [['attribute', 'creation_time', '>', 1]]],
  ])('takes operators in any case, `attributes.` and backticks, as for runs: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each<[string, readonly Row[]]>([
    ['creation_time > 1.5', [['attribute', 'creation_time', '>', 1]]],
    ['creation_time < 1e3', [['attribute', 'creation_time', '<', 1000]]],
    [
      'last_update_time != 99999999999999999999',
      [['attribute', 'last_update_time', '>=', -9223372036854775808n]],
    ],
  ])('compares times with whole numbers in 64 bits, to the same effect: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each<[string, string]>([
    [
      "attributes.foo = 'x'",
      `Invalid attribute key 'foo' specified. Valid keys are ${EXPERIMENT_KEYS}`,
    ],
  ])('looks at the key after `attributes.`: %j', (input, message) => {
    expect(refusal(() => parseExperimentFilter(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});
