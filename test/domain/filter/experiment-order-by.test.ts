import { describe, expect, it } from 'vitest';

import { parseExperimentOrderBy } from '../../../src/domain/index.js';
import { refusal } from '../refusal.js';

// What MLflow 3.12.0 answers to these (`mlflow.utils.search_utils`, then a store on SQLite).
// Its lists of valid values come in random order, and some name more than is valid. Where ours
// differs otherwise, a test further down says so.

type Row = [type: string, key: string, direction: 'ASC' | 'DESC'];

const EXPERIMENT_ORDER_KEYS = "'{'name', 'creation_time', 'last_update_time', 'experiment_id'}'";
const EXPERIMENT_TYPES = "('attribute', 'attributes', 'tag', 'tags')";

const accepted: readonly [orderBy: readonly string[], rows: readonly Row[]][] = [
  [[], []],
  [['name'], [['attribute', 'name', 'ASC']]],
  [['name ASC'], [['attribute', 'name', 'ASC']]],
  [['name asc'], [['attribute', 'name', 'ASC']]],
  [['name DESC'], [['attribute', 'name', 'DESC']]],
  [['name desc'], [['attribute', 'name', 'DESC']]],
  [['creation_time'], [['attribute', 'creation_time', 'ASC']]],
  [['creation_time DESC'], [['attribute', 'creation_time', 'DESC']]],
  [['last_update_time'], [['attribute', 'last_update_time', 'ASC']]],
  [['last_update_time ASC'], [['attribute', 'last_update_time', 'ASC']]],
  [['experiment_id'], [['attribute', 'experiment_id', 'ASC']]],
  [['experiment_id DESC'], [['attribute', 'experiment_id', 'DESC']]],
  [['attribute.name'], [['attribute', 'name', 'ASC']]],
  [['attribute.creation_time DESC'], [['attribute', 'creation_time', 'DESC']]],
  [
    ['name', 'creation_time DESC'],
    [['attribute', 'name', 'ASC'], ['attribute', 'creation_time', 'DESC']],
  ],
  [['`name`'], [['attribute', 'name', 'ASC']]],
  [['`name` DESC'], [['attribute', 'name', 'DESC']]],
  [['"name"'], [['attribute', 'name', 'ASC']]],
  [['name  DESC'], [['attribute', 'name', 'DESC']]],
  [
    ['experiment_id', 'name'],
    [['attribute', 'experiment_id', 'ASC'], ['attribute', 'name', 'ASC']],
  ],
  [['attribute.`name`'], [['attribute', 'name', 'ASC']]],
];

const refused: readonly [orderBy: readonly string[], message: string][] = [
  [['attr.name'], `Invalid entity type 'attr'. Valid entity types are ${EXPERIMENT_TYPES}`],
  [['tags.a'], 'Invalid order_by entity: tag'],
  [['tags.a DESC'], 'Invalid order_by entity: tag'],
  [['tag.a'], 'Invalid order_by entity: tag'],
  [['foo'], `Invalid attribute key 'foo' specified. Valid keys are ${EXPERIMENT_ORDER_KEYS}`],
  [['name foo'], "Invalid ordering key in order_by clause 'name foo'."],
  [['name ASC DESC'], "Invalid order_by clause 'name ASC DESC'. Could not be parsed."],
  [['name, experiment_id'], "Invalid order_by clause 'name, experiment_id'. Could not be parsed."],
  [[''], "Invalid order_by clause ''. Could not be parsed."],
  [[' '], "Invalid order_by clause ' '. Could not be parsed."],
  [['metrics.a'], `Invalid entity type 'metrics'. Valid entity types are ${EXPERIMENT_TYPES}`],
  [['params.a'], `Invalid entity type 'params'. Valid entity types are ${EXPERIMENT_TYPES}`],
  [
    ['lifecycle_stage'],
    `Invalid attribute key 'lifecycle_stage' specified. Valid keys are ${EXPERIMENT_ORDER_KEYS}`,
  ],
  [
    ['artifact_location'],
    `Invalid attribute key 'artifact_location' specified. Valid keys are ${EXPERIMENT_ORDER_KEYS}`,
  ],
  [['name;'], "Invalid order_by clause 'name;'. Could not be parsed."],
  [['NAME'], `Invalid attribute key 'NAME' specified. Valid keys are ${EXPERIMENT_ORDER_KEYS}`],
  [['1'], "Invalid order_by clause '1'. Could not be parsed."],
  [
    ['timestamp'],
    `Invalid attribute key 'timestamp' specified. Valid keys are ${EXPERIMENT_ORDER_KEYS}`,
  ],
  [
    ['creation_timestamp'],
    `Invalid attribute key 'creation_timestamp' specified. Valid keys are ` +
      EXPERIMENT_ORDER_KEYS,
  ],
  [['foo.bar'], `Invalid entity type 'foo'. Valid entity types are ${EXPERIMENT_TYPES}`],
  [['datasets.name'], `Invalid entity type 'datasets'. Valid entity types are ${EXPERIMENT_TYPES}`],
];

function rowsOf(orderBy: readonly string[]): readonly Row[] {
  return parseExperimentOrderBy(orderBy).map(({ type, key, ascending }) => [
    type,
    key,
    ascending ? 'ASC' : 'DESC',
  ]);
}

describe('parseExperimentOrderBy, as MLflow', () => {
  it('has nothing to do without a order_by', () => {
    expect(parseExperimentOrderBy(undefined)).toEqual([]);
  });

  it.each(accepted)('reads %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each(refused)('refuses %j', (input, message) => {
    expect(refusal(() => parseExperimentOrderBy(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});

describe('parseExperimentOrderBy, unlike MLflow', () => {
  it.each<[readonly string[], readonly Row[]]>([
    [['attributes.name'], [['attribute', 'name', 'ASC']]],
    [['name', 'name'], [['attribute', 'name', 'ASC']]],
    [['name ASC', 'name DESC'], [['attribute', 'name', 'ASC']]],
    [['name', 'attribute.name'], [['attribute', 'name', 'ASC']]],
    [['  name  '], [['attribute', 'name', 'ASC']]],
  ])('takes `attributes.` and ignores blanks and what is repeated: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });
});
