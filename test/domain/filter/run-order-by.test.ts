import { describe, expect, it } from 'vitest';

import { parseRunOrderBy } from '../../../src/domain/index.js';
import { refusal } from '../refusal.js';

// What MLflow 3.12.0 answers to these (`mlflow.utils.search_utils`, then a store on SQLite).
// Its lists of valid values come in random order, and some name more than is valid. Where ours
// differs otherwise, a test further down says so.

type Row = [type: string, key: string, direction: 'ASC' | 'DESC'];

const RUN_ORDER_KEYS =
  "'{'run_id', 'run_name', 'status', 'artifact_uri', 'user_id', 'start_time', 'end_time', " +
  "'created', 'Created'}'";
const DATASET_KEYS = "'{'name', 'digest', 'context'}'";
const TYPES = "['metric', 'parameter', 'tag', 'attribute', 'dataset']";

const accepted: readonly [orderBy: readonly string[], rows: readonly Row[]][] = [
  [[], []],
  [['metrics.a'], [['metric', 'a', 'ASC']]],
  [['metrics.a ASC'], [['metric', 'a', 'ASC']]],
  [['metrics.a asc'], [['metric', 'a', 'ASC']]],
  [['metrics.a DESC'], [['metric', 'a', 'DESC']]],
  [['metrics.a desc'], [['metric', 'a', 'DESC']]],
  [['metrics.a Desc'], [['metric', 'a', 'DESC']]],
  [['metrics.a', 'params.b DESC'], [['metric', 'a', 'ASC'], ['param', 'b', 'DESC']]],
  [['params.a'], [['param', 'a', 'ASC']]],
  [['tags.a'], [['tag', 'a', 'ASC']]],
  [['tags.mlflow.user'], [['tag', 'mlflow.user', 'ASC']]],
  [['tags.`a b`'], [['tag', 'a b', 'ASC']]],
  [['tags.`a b` DESC'], [['tag', 'a b', 'DESC']]],
  [['tags."a b" DESC'], [['tag', 'a b', 'DESC']]],
  [['metrics.`a b` ASC'], [['metric', 'a b', 'ASC']]],
  [['metrics.`a b`'], [['metric', 'a b', 'ASC']]],
  [['start_time'], [['attribute', 'start_time', 'ASC']]],
  [['start_time DESC'], [['attribute', 'start_time', 'DESC']]],
  [['attributes.start_time'], [['attribute', 'start_time', 'ASC']]],
  [['attribute.start_time ASC'], [['attribute', 'start_time', 'ASC']]],
  [['attr.start_time'], [['attribute', 'start_time', 'ASC']]],
  [['run.start_time'], [['attribute', 'start_time', 'ASC']]],
  [['created'], [['attribute', 'start_time', 'ASC']]],
  [['Created DESC'], [['attribute', 'start_time', 'DESC']]],
  [['attributes.created'], [['attribute', 'start_time', 'ASC']]],
  [['end_time'], [['attribute', 'end_time', 'ASC']]],
  [['status'], [['attribute', 'status', 'ASC']]],
  [['run_id'], [['attribute', 'run_id', 'ASC']]],
  [['run_name'], [['attribute', 'run_name', 'ASC']]],
  [['artifact_uri'], [['attribute', 'artifact_uri', 'ASC']]],
  [['user_id'], [['attribute', 'user_id', 'ASC']]],
  [['metrics.'], [['metric', '', 'ASC']]],
  [['metrics.`a`'], [['metric', 'a', 'ASC']]],
  [['metrics."a"'], [['metric', 'a', 'ASC']]],
  [["metrics.'a'"], [['metric', 'a', 'ASC']]],
  [['metrics.`a/b` DESC'], [['metric', 'a/b', 'DESC']]],
  [['metrics.a  DESC'], [['metric', 'a', 'DESC']]],
  [['metrics.a\tDESC'], [['metric', 'a', 'DESC']]],
  [['metrics.a\nDESC'], [['metric', 'a', 'DESC']]],
  [['params.a', 'tags.a'], [['param', 'a', 'ASC'], ['tag', 'a', 'ASC']]],
  [['metrics.a', 'metrics.A'], [['metric', 'a', 'ASC'], ['metric', 'A', 'ASC']]],
  [['params.timestamp'], [['param', 'timestamp', 'ASC']]],
  [['metrics.select'], [['metric', 'select', 'ASC']]],
  [['metrics.select DESC'], [['metric', 'select', 'DESC']]],
  [['metrics.end'], [['metric', 'end', 'ASC']]],
  [['attributes.end_time DESC'], [['attribute', 'end_time', 'DESC']]],
  [['params.name DESC'], [['param', 'name', 'DESC']]],
  [['params.version'], [['param', 'version', 'ASC']]],
  [['metrics.a.b.c DESC'], [['metric', 'a.b.c', 'DESC']]],
  [['metrics.é DESC'], [['metric', 'é', 'DESC']]],
  [['metrics.日本'], [['metric', '日本', 'ASC']]],
  [['tags.`mlflow.note.content` DESC'], [['tag', 'mlflow.note.content', 'DESC']]],
  [['metric.a'], [['metric', 'a', 'ASC']]],
  [['parameters.a'], [['param', 'a', 'ASC']]],
  [['parameter.a'], [['param', 'a', 'ASC']]],
  [['param.a'], [['param', 'a', 'ASC']]],
  [['tag.a'], [['tag', 'a', 'ASC']]],
  [['attributes.run_id ASC'], [['attribute', 'run_id', 'ASC']]],
  [['attributes.`start_time` DESC'], [['attribute', 'start_time', 'DESC']]],
  [['metrics.1a'], [['metric', '1a', 'ASC']]],
  [['metrics.count DESC'], [['metric', 'count', 'DESC']]],
  [['metrics.max'], [['metric', 'max', 'ASC']]],
  [["metrics.'x y' DESC"], [['metric', 'x y', 'DESC']]],
];

const refused: readonly [orderBy: readonly string[], message: string][] = [
  [['metrics.a foo'], "Invalid ordering key in order_by clause 'metrics.a foo'."],
  [['metrics.a ASC DESC'], "Invalid order_by clause 'metrics.a ASC DESC'. Could not be parsed."],
  [
    ['metrics.a ASC, params.b'],
    "Invalid order_by clause 'metrics.a ASC, params.b'. Could not be parsed.",
  ],
  [['metrics.a, params.b'], "Invalid order_by clause 'metrics.a, params.b'. Could not be parsed."],
  [['run name'], "Invalid ordering key in order_by clause 'run name'."],
  [['`run name`'], `Invalid attribute key 'run name' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [['`Run Name`'], `Invalid attribute key 'Run Name' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [
    ['experiment_id'],
    `Invalid attribute key 'experiment_id' specified. Valid keys are ${RUN_ORDER_KEYS}`,
  ],
  [
    ['lifecycle_stage'],
    `Invalid attribute key 'lifecycle_stage' specified. Valid keys are ${RUN_ORDER_KEYS}`,
  ],
  [['foo'], `Invalid attribute key 'foo' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [['foo.bar'], `Invalid entity type 'foo'. Valid values are ${TYPES}`],
  [['datasets.name'], "Invalid identifier type 'dataset'"],
  [['datasets.foo'], `Invalid dataset key 'foo' specified. Valid keys are ${DATASET_KEYS}`],
  [[''], "Invalid order_by clause ''. Could not be parsed."],
  [[' '], "Invalid order_by clause ' '. Could not be parsed."],
  [['ASC'], "Invalid order_by clause 'ASC'. Could not be parsed."],
  [['DESC'], "Invalid order_by clause 'DESC'. Could not be parsed."],
  [['metrics'], `Invalid attribute key 'metrics' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [['metrics.a > 1'], "Invalid order_by clause 'metrics.a > 1'. Could not be parsed."],
  [
    ['metrics.a; metrics.b'],
    "Invalid order_by clause 'metrics.a; metrics.b'. Could not be parsed.",
  ],
  [['metrics.a;'], "Invalid order_by clause 'metrics.a;'. Could not be parsed."],
  [['1'], "Invalid order_by clause '1'. Could not be parsed."],
  [["'metrics.a'"], "Invalid order_by clause ''metrics.a''. Could not be parsed."],
  [['metrics.a/b'], "Invalid order_by clause 'metrics.a/b'. Could not be parsed."],
  [['metrics.a-b'], "Invalid order_by clause 'metrics.a-b'. Could not be parsed."],
  [['timestamp'], `Invalid attribute key 'timestamp' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [
    ['timestamp DESC'],
    `Invalid attribute key 'timestamp' specified. Valid keys are ${RUN_ORDER_KEYS}`,
  ],
  [
    ['metrics.a NULLS LAST'],
    "Invalid order_by clause 'metrics.a NULLS LAST'. Could not be parsed.",
  ],
  [
    ['metrics.a DESC NULLS LAST'],
    "Invalid order_by clause 'metrics.a DESC NULLS LAST'. Could not be parsed.",
  ],
  [['-metrics.a'], "Invalid order_by clause '-metrics.a'. Could not be parsed."],
  [['(metrics.a)'], "Invalid order_by clause '(metrics.a)'. Could not be parsed."],
  [['metrics.a AND'], "Invalid order_by clause 'metrics.a AND'. Could not be parsed."],
  [['metrics.`a'], `Invalid order_by clause 'metrics.\`a'. Could not be parsed.`],
  [['metrics."a'], 'Invalid order_by clause \'metrics."a\'. Could not be parsed.'],
  [['METRICS.a'], `Invalid entity type 'METRICS'. Valid values are ${TYPES}`],
  [['run_uuid'], `Invalid attribute key 'run_uuid' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [['metrics. a'], "Invalid ordering key in order_by clause 'metrics. a'."],
  [['metrics .a'], "Invalid ordering key in order_by clause 'metrics .a'."],
  [['metrics.a asc asc'], "Invalid order_by clause 'metrics.a asc asc'. Could not be parsed."],
  [['metrics.a as b'], "Invalid order_by clause 'metrics.a as b'. Could not be parsed."],
  [['metrics.a b'], "Invalid ordering key in order_by clause 'metrics.a b'."],
  [
    ['metrics.key with space'],
    "Invalid order_by clause 'metrics.key with space'. Could not be parsed.",
  ],
  [
    ['metrics.key with space DESC'],
    "Invalid order_by clause 'metrics.key with space DESC'. Could not be parsed.",
  ],
  [['-- x'], "Invalid order_by clause '-- x'. Could not be parsed."],
  [['metrics.a -- x'], "Invalid order_by clause 'metrics.a -- x'. Could not be parsed."],
  [['name'], `Invalid attribute key 'name' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [['duration'], `Invalid attribute key 'duration' specified. Valid keys are ${RUN_ORDER_KEYS}`],
  [
    ['Start_time'],
    `Invalid attribute key 'Start_time' specified. Valid keys are ${RUN_ORDER_KEYS}`,
  ],
  [
    ['START_TIME'],
    `Invalid attribute key 'START_TIME' specified. Valid keys are ${RUN_ORDER_KEYS}`,
  ],
  [['order_by'], `Invalid attribute key 'order_by' specified. Valid keys are ${RUN_ORDER_KEYS}`],
];

function rowsOf(orderBy: readonly string[]): readonly Row[] {
  return parseRunOrderBy(orderBy).map(({ type, key, ascending }) => [
    type,
    key,
    ascending ? 'ASC' : 'DESC',
  ]);
}

describe('parseRunOrderBy, as MLflow', () => {
  it('has nothing to do without a order_by', () => {
    expect(parseRunOrderBy(undefined)).toEqual([]);
  });

  it.each(accepted)('reads %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each(refused)('refuses %j', (input, message) => {
    expect(refusal(() => parseRunOrderBy(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});

describe('parseRunOrderBy, unlike MLflow', () => {
  it.each<[readonly string[], readonly Row[]]>([
    [['"metrics.a"'], [['metric', 'a', 'ASC']]],
    [['`metrics.a`'], [['metric', 'a', 'ASC']]],
    [['  metrics.a  '], [['metric', 'a', 'ASC']]],
    [['metrics.a DESC '], [['metric', 'a', 'DESC']]],
    [[' metrics.a DESC'], [['metric', 'a', 'DESC']]],
    [['metrics.1'], [['metric', '1', 'ASC']]],
  ])('ignores blanks, takes a name quoted as a whole and numbers as keys: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each<[readonly string[], string]>([
    [
      ['metrics.a', 'metrics.a'],
      `\`order_by\` contains duplicate fields: ['metrics.a', 'metrics.a']`,
    ],
    [
      ['metrics.a ASC', 'metrics.a DESC'],
      `\`order_by\` contains duplicate fields: ['metrics.a ASC', 'metrics.a DESC']`,
    ],
    [
      ['start_time', 'created'],
      `\`order_by\` contains duplicate fields: ['start_time', 'created']`,
    ],
    [
      ['start_time', 'attributes.start_time DESC'],
      `\`order_by\` contains duplicate fields: ['start_time', 'attributes.start_time DESC']`,
    ],
    [['params.a', 'param.a'], `\`order_by\` contains duplicate fields: ['params.a', 'param.a']`],
  ])('refuses one field twice with 400, not 500: %j', (input, message) => {
    expect(refusal(() => parseRunOrderBy(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });

  it.each<[readonly string[], string]>([
    [['metrics.*'], "Invalid order_by clause 'metrics.*'. Could not be parsed."],
    [['count'], `Invalid attribute key 'count' specified. Valid keys are ${RUN_ORDER_KEYS}`],
    [['metrics.`x` `DESC`'], `Invalid ordering key in order_by clause 'metrics.\`x\` \`DESC\`'.`],
  ])('says more closely what is wrong: %j', (input, message) => {
    expect(refusal(() => parseRunOrderBy(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});
