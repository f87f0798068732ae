import { describe, expect, it } from 'vitest';

import { parseRunFilter } from '../../../src/domain/index.js';
import { refusal } from '../refusal.js';

// What MLflow 3.12.0 answers to these (`mlflow.utils.search_utils`, then a store on SQLite).
// Its lists of valid values come in random order, and some name more than is valid. Where ours
// differs otherwise, a test further down says so.

type Row = [type: string, key: string, comparator: string, value?: unknown];

const RUN_KEYS =
  "'{'run_id', 'run_name', 'status', 'artifact_uri', 'user_id', 'start_time', 'end_time', " +
  "'created', 'Created', 'run name', 'Run name', 'Run Name'}'";
const DATASET_KEYS = "'{'name', 'digest', 'context'}'";
const TYPES = "['metric', 'parameter', 'tag', 'attribute', 'dataset']";
const NUMERIC = "'{'=', '!=', '<', '<=', '>', '>='}'";
const TEXT = "'{'=', '!=', 'LIKE', 'ILIKE'}'";
const TEXT_OR_NULL = "'{'=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}'";
const TEXT_OR_LIST = "'{'=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}'";
const UNQUOTED =
  'Parameter value is either not quoted or unidentified quote types used for string value ';
const INVALID_CLAUSES = 'Invalid clause(s) in filter string: ';
const NO_IDENTIFIER = "Invalid comparison clause. Expected 'Identifier' found ";

const accepted: readonly [filter: string, rows: readonly Row[]][] = [
  ['', []],
  ['metrics.a > 1', [['metric', 'a', '>', 1]]],
  ['metrics.a>1', [['metric', 'a', '>', 1]]],
  ['metrics.a >= 1.5', [['metric', 'a', '>=', 1.5]]],
  ['metric.a<-1', [['metric', 'a', '<', -1]]],
  ['metrics.a = 1e5', [['metric', 'a', '=', 100000]]],
  ['metrics.a = 1E-5', [['metric', 'a', '=', 0.00001]]],
  ['metrics.a = .5', [['metric', 'a', '=', 0.5]]],
  ['metrics.a = 5.', [['metric', 'a', '=', 5]]],
  ['metrics.a = -.5', [['metric', 'a', '=', -0.5]]],
  ['metrics.a != 1', [['metric', 'a', '!=', 1]]],
  ['metrics.a > 1 AND', [['metric', 'a', '>', 1]]],
  ['AND metrics.a > 1', [['metric', 'a', '>', 1]]],
  ['AND', []],
  ['metrics.a > 1 AND AND metrics.b > 1', [['metric', 'a', '>', 1], ['metric', 'b', '>', 1]]],
  ['metrics.a > 1 metrics.b > 2', [['metric', 'a', '>', 1], ['metric', 'b', '>', 2]]],
  ["metrics.a > 1 and params.b = 'x'", [['metric', 'a', '>', 1], ['param', 'b', '=', 'x']]],
  ["metrics.a > 1 And params.b = 'x'", [['metric', 'a', '>', 1], ['param', 'b', '=', 'x']]],
  ["params.a = 'x'", [['param', 'a', '=', 'x']]],
  ['params.a = "x"', [['param', 'a', '=', 'x']]],
  ["param.a = 'x'", [['param', 'a', '=', 'x']]],
  ["parameter.a = 'x'", [['param', 'a', '=', 'x']]],
  ["parameters.a = 'x'", [['param', 'a', '=', 'x']]],
  ["params.a != 'x'", [['param', 'a', '!=', 'x']]],
  ["params.a LIKE 'x%'", [['param', 'a', 'LIKE', 'x%']]],
  ["params.a like 'x%'", [['param', 'a', 'LIKE', 'x%']]],
  ["params.a Like 'x%'", [['param', 'a', 'LIKE', 'x%']]],
  ["params.a ILIKE 'x%'", [['param', 'a', 'ILIKE', 'x%']]],
  ["params.a ilike 'x%'", [['param', 'a', 'ILIKE', 'x%']]],
  ['params.a IS NULL', [['param', 'a', 'IS NULL']]],
  ['params.a is null', [['param', 'a', 'IS NULL']]],
  ['params.a IS NOT NULL', [['param', 'a', 'IS NOT NULL']]],
  ['params.a is not null', [['param', 'a', 'IS NOT NULL']]],
  ['params.a IS  NULL', [['param', 'a', 'IS NULL']]],
  ["params.a = ''", [['param', 'a', '=', '']]],
  ["params.a = ' '", [['param', 'a', '=', ' ']]],
  ["params.a = 'it''s'", [['param', 'a', '=', "it''s"]]],
  ['params.a = \'it\\\'s\'', [['param', 'a', '=', 'it\\\'s']]],
  ['params.a = "it\'s"', [['param', 'a', '=', "it's"]]],
  ['params.a = \'say "hi"\'', [['param', 'a', '=', 'say "hi"']]],
  ["params. = 'x'", [['param', '', '=', 'x']]],
  ["params.`a b` = 'x'", [['param', 'a b', '=', 'x']]],
  ['params."a b" = \'x\'', [['param', 'a b', '=', 'x']]],
  ["params.'a b' = 'x'", [['param', 'a b', '=', 'x']]],
  ["`params`.a = 'x'", [['param', 'a', '=', 'x']]],
  ["`params`.`a` = 'x'", [['param', 'a', '=', 'x']]],
  ["params.a.b.c = 'x'", [['param', 'a.b.c', '=', 'x']]],
  ["params.`a.b` = 'x'", [['param', 'a.b', '=', 'x']]],
  ["params.`a/b:c-d` = 'x'", [['param', 'a/b:c-d', '=', 'x']]],
  ["params.1a = 'x'", [['param', '1a', '=', 'x']]],
  ["params._a = 'x'", [['param', '_a', '=', 'x']]],
  ["params.a1 = 'x'", [['param', 'a1', '=', 'x']]],
  ["params.`a``b` = 'x'", [['param', 'a``b', '=', 'x']]],
  ["params.é = 'x'", [['param', 'é', '=', 'x']]],
  ["params.`é` = 'x'", [['param', 'é', '=', 'x']]],
  ["params.日本 = 'x'", [['param', '日本', '=', 'x']]],
  ["params.name = 'x'", [['param', 'name', '=', 'x']]],
  ["params.version = 'x'", [['param', 'version', '=', 'x']]],
  ["params.text = 'x'", [['param', 'text', '=', 'x']]],
  ["params.order = 'x'", [['param', 'order', '=', 'x']]],
  ["params.select = 'x'", [['param', 'select', '=', 'x']]],
  ["params.end = 'x'", [['param', 'end', '=', 'x']]],
  ["params.like = 'x'", [['param', 'like', '=', 'x']]],
  ["params.and = 'x'", [['param', 'and', '=', 'x']]],
  ["params.null = 'x'", [['param', 'null', '=', 'x']]],
  ["params.timestamp = 'x'", [['param', 'timestamp', '=', 'x']]],
  ["params.date = 'x'", [['param', 'date', '=', 'x']]],
  ['metrics.`val/loss` > 1', [['metric', 'val/loss', '>', 1]]],
  ['metrics.f1_score > 0.8', [['metric', 'f1_score', '>', 0.8]]],
  ['metrics.accuracy > .8', [['metric', 'accuracy', '>', 0.8]]],
  ['metrics.count > 1', [['metric', 'count', '>', 1]]],
  ['metrics.max > 1', [['metric', 'max', '>', 1]]],
  ['metrics.sum > 1', [['metric', 'sum', '>', 1]]],
  ['metrics.min > 1', [['metric', 'min', '>', 1]]],
  ['metrics.avg > 1', [['metric', 'avg', '>', 1]]],
  ["tags.a = 'x'", [['tag', 'a', '=', 'x']]],
  ["tag.a = 'x'", [['tag', 'a', '=', 'x']]],
  ["tags.mlflow.source.name = 'x'", [['tag', 'mlflow.source.name', '=', 'x']]],
  ["tags.`mlflow.source.name` = 'x'", [['tag', 'mlflow.source.name', '=', 'x']]],
  ['tags."mlflow.parentRunId" = \'x\'', [['tag', 'mlflow.parentRunId', '=', 'x']]],
  ["tags.mlflow.user LIKE '%a%'", [['tag', 'mlflow.user', 'LIKE', '%a%']]],
  ['tags.a IS NULL', [['tag', 'a', 'IS NULL']]],
  ['tags.`a b` IS NOT NULL', [['tag', 'a b', 'IS NOT NULL']]],
  ["run_id = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ["attributes.run_id = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ["attribute.run_id = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ["attr.run_id = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ["run.run_id = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ["run_id IN ('a')", [['attribute', 'run_id', 'IN', ['a']]]],
  ["run_id IN ('a','b')", [['attribute', 'run_id', 'IN', ['a', 'b']]]],
  ["run_id IN ('a', 'b', 'c')", [['attribute', 'run_id', 'IN', ['a', 'b', 'c']]]],
  ["run_id in ('a')", [['attribute', 'run_id', 'IN', ['a']]]],
  ['run_id IN ("a")', [['attribute', 'run_id', 'IN', ['a']]]],
  ["run_id NOT IN ('a')", [['attribute', 'run_id', 'NOT IN', ['a']]]],
  ["run_id not in ('a', 'b')", [['attribute', 'run_id', 'NOT IN', ['a', 'b']]]],
  ["run_id Not In ('a')", [['attribute', 'run_id', 'NOT IN', ['a']]]],
  ["run_id IN ('a',)", [['attribute', 'run_id', 'IN', ['a']]]],
  [
    "run_id IN ('a') AND status = 'RUNNING'",
    [['attribute', 'run_id', 'IN', ['a']], ['attribute', 'status', '=', 'RUNNING']],
  ],
  [
    "status = 'RUNNING' AND run_id IN ('a')",
    [['attribute', 'status', '=', 'RUNNING'], ['attribute', 'run_id', 'IN', ['a']]],
  ],
  ["run_id IN('a')", [['attribute', 'run_id', 'IN', ['a']]]],
  ["status = 'RUNNING'", [['attribute', 'status', '=', 'RUNNING']]],
  ["status != 'FINISHED'", [['attribute', 'status', '!=', 'FINISHED']]],
  ["status LIKE 'R%'", [['attribute', 'status', 'LIKE', 'R%']]],
  ["attributes.status ILIKE 'r%'", [['attribute', 'status', 'ILIKE', 'r%']]],
  ['status = "RUNNING"', [['attribute', 'status', '=', 'RUNNING']]],
  ["run_name = 'x'", [['attribute', 'run_name', '=', 'x']]],
  ["`run name` = 'x'", [['attribute', 'run_name', '=', 'x']]],
  ['"run name" = \'x\'', [['attribute', 'run_name', '=', 'x']]],
  ["`Run name` = 'x'", [['attribute', 'run_name', '=', 'x']]],
  ["`Run Name` = 'x'", [['attribute', 'run_name', '=', 'x']]],
  ["attributes.`run name` = 'x'", [['attribute', 'run_name', '=', 'x']]],
  ['attributes."Run Name" LIKE \'x%\'', [['attribute', 'run_name', 'LIKE', 'x%']]],
  ["attributes.run_name ILIKE '%x%'", [['attribute', 'run_name', 'ILIKE', '%x%']]],
  ["artifact_uri = 'x'", [['attribute', 'artifact_uri', '=', 'x']]],
  ["artifact_uri LIKE '%x'", [['attribute', 'artifact_uri', 'LIKE', '%x']]],
  ["user_id = 'x'", [['attribute', 'user_id', '=', 'x']]],
  ["attributes.user_id != 'x'", [['attribute', 'user_id', '!=', 'x']]],
  ['start_time > 1', [['attribute', 'start_time', '>', 1]]],
  ['attributes.start_time >= 1700000000000', [['attribute', 'start_time', '>=', 1700000000000]]],
  ['start_time > -1', [['attribute', 'start_time', '>', -1]]],
  ['end_time < 9223372036854775807', [['attribute', 'end_time', '<', 9223372036854775807n]]],
  ['end_time < 9007199254740993', [['attribute', 'end_time', '<', 9007199254740993n]]],
  ['created > 1', [['attribute', 'start_time', '>', 1]]],
  ['Created > 1', [['attribute', 'start_time', '>', 1]]],
  ['attributes.created < 5', [['attribute', 'start_time', '<', 5]]],
  ['`created` > 1', [['attribute', 'start_time', '>', 1]]],
  ['attributes.Created >= 12', [['attribute', 'start_time', '>=', 12]]],
  ['end_time != 5', [['attribute', 'end_time', '!=', 5]]],
  ["attributes.`run_id` = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ['attributes."run_id" = \'x\'', [['attribute', 'run_id', '=', 'x']]],
  ["`attributes`.run_id = 'x'", [['attribute', 'run_id', '=', 'x']]],
  ["datasets.name = 'x'", [['dataset', 'name', '=', 'x']]],
  ["dataset.name = 'x'", [['dataset', 'name', '=', 'x']]],
  ["datasets.digest = 'x'", [['dataset', 'digest', '=', 'x']]],
  ["datasets.context = 'train'", [['dataset', 'context', '=', 'train']]],
  ["dataset.context LIKE '%t%'", [['dataset', 'context', 'LIKE', '%t%']]],
  ["datasets.context NOT IN ('train')", [['dataset', 'context', 'NOT IN', ['train']]]],
  ["datasets.context IN ('train')", [['dataset', 'context', 'IN', ['train']]]],
  ["datasets.`name` = 'x'", [['dataset', 'name', '=', 'x']]],
  ["dataset.name ilike 'x'", [['dataset', 'name', 'ILIKE', 'x']]],
  [
    "metrics.a > 1 AND metrics.a < 5 AND params.b = 'c' AND tags.d LIKE '%e%' AND status = 'R'",
    [
      ['metric', 'a', '>', 1],
      ['metric', 'a', '<', 5],
      ['param', 'b', '=', 'c'],
      ['tag', 'd', 'LIKE', '%e%'],
      ['attribute', 'status', '=', 'R'],
    ],
  ],
  ['metrics.a > 1\nAND params.b = \'c\'', [['metric', 'a', '>', 1], ['param', 'b', '=', 'c']]],
  ['metrics.a > 1\tAND\tparams.b = \'c\'', [['metric', 'a', '>', 1], ['param', 'b', '=', 'c']]],
  ['metrics.a\n>\n1', [['metric', 'a', '>', 1]]],
  ["params.a='x'AND params.b='y'", [['param', 'a', '=', 'x'], ['param', 'b', '=', 'y']]],
  ['metrics.a > 9007199254740993', [['metric', 'a', '>', 9007199254740992]]],
  ['metrics.a > 1e400', [['metric', 'a', '>', Infinity]]],
  ['metrics.a > 00012', [['metric', 'a', '>', 12]]],
  ["params. a = 'x'", [['param', ' a', '=', 'x']]],
  ['metrics. a > 1', [['metric', ' a', '>', 1]]],
  ["params.a = 'x' AND params.a != 'y'", [['param', 'a', '=', 'x'], ['param', 'a', '!=', 'y']]],
  [
    "run_id = 'x' AND run_id = 'x'",
    [['attribute', 'run_id', '=', 'x'], ['attribute', 'run_id', '=', 'x']],
  ],
  ['params.a IS NULL AND params.b IS NULL', [['param', 'a', 'IS NULL'], ['param', 'b', 'IS NULL']]],
  ['params.a IS NULL AND metrics.b > 1', [['param', 'a', 'IS NULL'], ['metric', 'b', '>', 1]]],
  ['metrics.b > 1 AND params.a IS NULL', [['metric', 'b', '>', 1], ['param', 'a', 'IS NULL']]],
  [
    "metrics.b > 1 AND params.a IS NOT NULL AND run_id IN ('a')",
    [['metric', 'b', '>', 1], ['param', 'a', 'IS NOT NULL'], ['attribute', 'run_id', 'IN', ['a']]],
  ],
  ['params.a IS NULL params.b IS NULL', [['param', 'a', 'IS NULL'], ['param', 'b', 'IS NULL']]],
  ["params.a = 'émoji 😀'", [['param', 'a', '=', 'émoji 😀']]],
  ["params.`😀` = 'x'", [['param', '😀', '=', 'x']]],
  ['params.a = \'%_\\\'', [['param', 'a', '=', '%_\\']]],
  ['params.a LIKE \'\\%\'', [['param', 'a', 'LIKE', '\\%']]],
  ['params.a = \'\\\'', [['param', 'a', '=', '\\']]],
  ['params.a = \'\\\\\'', [['param', 'a', '=', '\\\\']]],
  ['params.a = \'a\nb\'', [['param', 'a', '=', 'a\nb']]],
  ['metrics.model.loss > 1', [['metric', 'model.loss', '>', 1]]],
  ['metrics.`a`.b > 1', [['metric', '`a`.b', '>', 1]]],
  ['metrics.a.`b c` > 1', [['metric', 'a.`b c`', '>', 1]]],
  ['metrics."a"."b" > 1', [['metric', 'a"."b', '>', 1]]],
  ['tags.a."b" = \'x\'', [['tag', 'a."b"', '=', 'x']]],
  ["tags.`a` .b = 'x'", [['tag', '`a` .b', '=', 'x']]],
  ["tags.a.1b = 'x'", [['tag', 'a.1b', '=', 'x']]],
  ['metrics.a.select > 1', [['metric', 'a.select', '>', 1]]],
  ['metrics."a" > 1', [['metric', 'a', '>', 1]]],
  ["metrics.'a' > 1", [['metric', 'a', '>', 1]]],
];

const refused: readonly [filter: string, message: string][] = [
  [' ', "Invalid filter ' '. Could not be parsed."],
  ['   ', "Invalid filter '   '. Could not be parsed."],
  ['\n', 'Invalid filter \'\n\'. Could not be parsed.'],
  ['metrics.a < +1', `${INVALID_CLAUSES}'metrics.a', '<', '+', '1'`],
  ['metrics.a = - 5', `${INVALID_CLAUSES}'metrics.a', '=', '-', '5'`],
  ['metrics.a <> 1', `Invalid comparator '<>' not one of ${NUMERIC}`],
  ['metrics.a == 1', `Invalid comparator '==' not one of ${NUMERIC}`],
  ['metrics.a = NaN', 'Expected numeric value type for metric. Found NaN'],
  ['metrics.a = inf', 'Expected numeric value type for metric. Found inf'],
  ["metrics.a = '1'", "Expected numeric value type for metric. Found '1'"],
  ['metrics.a = abc', 'Expected numeric value type for metric. Found abc'],
  ["metrics.a > 1 OR params.b = 'x'", `${INVALID_CLAUSES}'OR'`],
  ["metrics.a > 1 or params.b = 'x'", `${INVALID_CLAUSES}'or'`],
  ['NOT metrics.a > 1', `${INVALID_CLAUSES}'NOT'`],
  ['(metrics.a > 1)', `${INVALID_CLAUSES}'(metrics.a > 1)'`],
  ['metrics.a BETWEEN 1 AND 2', `${INVALID_CLAUSES}'metrics.a', 'BETWEEN', '1', '2'`],
  ['metrics.a > 1;', `${INVALID_CLAUSES}';'`],
  [
    'metrics.a > 1; metrics.b > 2',
    "Search filter contained multiple expression 'metrics.a > 1; metrics.b > 2'. Provide " +
      "AND-ed expression list.",
  ],
  [';', `${INVALID_CLAUSES}';'`],
  ["params.a RLIKE 'x'", `Invalid comparator 'RLIKE' not one of ${TEXT_OR_NULL}`],
  ["params.a > 'x'", `Invalid comparator '>' not one of ${TEXT_OR_NULL}`],
  ['params.a = 1', "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1"],
  ['params.a = x', `${UNQUOTED}x. Use either single or double quotes.`],
  ['params.a = x.y', `${UNQUOTED}x.y. Use either single or double quotes.`],
  ['params.a = `x`', `${UNQUOTED}\`x\`. Use either single or double quotes.`],
  [
    "params.a IN ('a')",
    "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('a')",
  ],
  [
    "params.a NOT IN ('a')",
    "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('a')",
  ],
  [
    'metrics.a IS NULL',
    "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'",
  ],
  [
    'run_id IS NULL',
    "IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'run_id'",
  ],
  [
    'status IS NOT NULL',
    "IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'status'",
  ],
  [
    'datasets.name IS NULL',
    "IS NULL / IS NOT NULL is only supported for tags and params, not for 'dataset' 'name'",
  ],
  ["params.a NOT LIKE 'x'", `Invalid comparator 'NOT LIKE' not one of ${TEXT_OR_NULL}`],
  ["params.a = 'x", `${INVALID_CLAUSES}'params.a', '=', ''', 'x'`],
  ["params.a = x'", `${INVALID_CLAUSES}'''`],
  ['params.a = "x', `${INVALID_CLAUSES}'params.a', '=', '"', 'x'`],
  ["params.a = 'x' 'y'", `${INVALID_CLAUSES}''y''`],
  ['params.a =', `${INVALID_CLAUSES}'params.a', '='`],
  ["= 'x'", `${INVALID_CLAUSES}'=', ''x''`],
  ['params.a', `${INVALID_CLAUSES}'params.a'`],
  ['params.', `${INVALID_CLAUSES}'params.'`],
  [".a = 'x'", `${INVALID_CLAUSES}'.'`],
  ["a = 'x'", `Invalid attribute key 'a' specified. Valid keys are ${RUN_KEYS}`],
  ["'x' = params.a", `${NO_IDENTIFIER}''x''`],
  ['1 = 1', `${NO_IDENTIFIER}'1'`],
  ['params.a = params.b', `${UNQUOTED}params.b. Use either single or double quotes.`],
  ["'a' = 'a'", `${NO_IDENTIFIER}''a''`],
  ['"params"."a" = \'x\'', `Invalid entity type '"params"'. Valid values are ${TYPES}`],
  ["params.a/b = 'x'", `${NO_IDENTIFIER}'params.a/b'`],
  ["params.a-b = 'x'", `${NO_IDENTIFIER}'params.a-b'`],
  ["params.a:b = 'x'", `${INVALID_CLAUSES}'params.a', ':'`],
  ["params.a$b = 'x'", `${INVALID_CLAUSES}'params.a', '$'`],
  ["params.a@b = 'x'", `${NO_IDENTIFIER}'params.a@b'`],
  ["params.a#b = 'x'", `${NO_IDENTIFIER}'params.a#b'`],
  ["params.# = 'x'", `${INVALID_CLAUSES}'params.', '# = 'x''`],
  ['metrics.val/loss > 1', `${NO_IDENTIFIER}'metrics.val/loss'`],
  ["tags.a > 'x'", `Invalid comparator '>' not one of ${TEXT_OR_NULL}`],
  ['tags.a = 1', "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
  ["tags.a IN ('x')", "Expected a quoted string value for tag (e.g. 'my-value'). Got value ('x')"],
  ["foo.a = 'x'", `Invalid entity type 'foo'. Valid values are ${TYPES}`],
  ["Params.a = 'x'", `Invalid entity type 'Params'. Valid values are ${TYPES}`],
  ['METRICS.a > 1', `Invalid entity type 'METRICS'. Valid values are ${TYPES}`],
  ["Tags.a = 'x'", `Invalid entity type 'Tags'. Valid values are ${TYPES}`],
  [
    'run_id IN ()',
    'While parsing a list in the query, expected a non-empty list of string values, but got ' +
      'empty list',
  ],
  [
    'run_id IN (1)',
    'While parsing a list in the query, expected string value, punctuation, or whitespace, ' +
      'but got different type in list: (1,)',
  ],
  [
    "run_id IN ('a', 1)",
    "While parsing a list in the query, expected string value, punctuation, or whitespace, " +
      "but got different type in list: ('a', 1)",
  ],
  ["run_id IN 'a'", `${INVALID_CLAUSES}'run_id', 'IN', ''a''`],
  ["run_id IN ('a'", `${INVALID_CLAUSES}'run_id', 'IN', '(', ''a''`],
  ["run_id IN 'a')", `${INVALID_CLAUSES}'run_id', 'IN', ''a'', ')'`],
  [
    "run_id IN ('a',,'b')",
    'While parsing a list in the query, expected a non-empty list of string values, but got ' +
      'ill-formed list.',
  ],
  [
    "status IN ('RUNNING')",
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  [
    "attributes.status IN ('RUNNING')",
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  ["status > 'A'", `Invalid comparator '>' not one of ${TEXT}`],
  ['status = RUNNING', `${UNQUOTED}RUNNING. Use either single or double quotes.`],
  ['status = 1', 'Expected a quoted string value for attributes. Got value 1'],
  ["run name = 'x'", `${INVALID_CLAUSES}'run'`],
  ["`RUN NAME` = 'x'", `Invalid attribute key 'RUN NAME' specified. Valid keys are ${RUN_KEYS}`],
  [
    "run_name IN ('x')",
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  ],
  ["run_name > 'x'", `Invalid comparator '>' not one of ${TEXT}`],
  [
    "experiment_id = '0'",
    `Invalid attribute key 'experiment_id' specified. Valid keys are ${RUN_KEYS}`,
  ],
  [
    "lifecycle_stage = 'active'",
    `Invalid attribute key 'lifecycle_stage' specified. Valid keys are ${RUN_KEYS}`,
  ],
  ["start_time = '1'", "Expected numeric value type for numeric attribute: start_time. Found '1'"],
  [
    "start_time LIKE '1'",
    "Expected numeric value type for numeric attribute: start_time. Found '1'",
  ],
  ['start_time IN (1)', 'Expected numeric value type for numeric attribute: start_time. Found (1)'],
  [
    "start_time IN ('1')",
    "Expected numeric value type for numeric attribute: start_time. Found ('1')",
  ],
  ['start_time > abc', 'Expected numeric value type for numeric attribute: start_time. Found abc'],
  ['CREATED > 1', `Invalid attribute key 'CREATED' specified. Valid keys are ${RUN_KEYS}`],
  ["created = '1'", "Expected numeric value type for numeric attribute: created. Found '1'"],
  [
    'end_time IS NULL',
    "IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'end_time'",
  ],
  ["attributes.foo = 'x'", `Invalid attribute key 'foo' specified. Valid keys are ${RUN_KEYS}`],
  ["foo = 'x'", `Invalid attribute key 'foo' specified. Valid keys are ${RUN_KEYS}`],
  [
    "attributes.run_uuid = 'x'",
    `Invalid attribute key 'run_uuid' specified. Valid keys are ${RUN_KEYS}`,
  ],
  ["attributes. = 'x'", `Invalid attribute key '' specified. Valid keys are ${RUN_KEYS}`],
  ['"attributes".run_id = \'x\'', `Invalid entity type '"attributes"'. Valid values are ${TYPES}`],
  ['"attributes.run_id" = \'x\'', `Invalid entity type '"attributes'. Valid values are ${TYPES}`],
  ["`attributes.run_id` = 'x'", `Invalid entity type '\`attributes'. Valid values are ${TYPES}`],
  ["datasets.name > 'x'", `Invalid comparator '>' not one of ${TEXT_OR_LIST}`],
  ["datasets.foo = 'x'", `Invalid dataset key 'foo' specified. Valid keys are ${DATASET_KEYS}`],
  ['datasets.name = 1', 'Expected a quoted string value for dataset attributes. Got value 1'],
  ['datasets.name = x', `${UNQUOTED}x. Use either single or double quotes.`],
  ["metrics.a > 1AND params.b = 'c'", 'Expected numeric value type for metric. Found 1AND'],
  ['metrics.a > 1 -- c', `${INVALID_CLAUSES}'-- c'`],
  ['-- c', `${INVALID_CLAUSES}'-- c'`],
  ['metrics.a > 1 # c', `${INVALID_CLAUSES}'# c'`],
  ['metrics.a + 1 > 1', `${NO_IDENTIFIER}'metrics.a + 1'`],
  ['metrics.a > 1 + 1', 'Expected numeric value type for metric. Found 1 + 1'],
  ['metrics.a > (1)', 'Expected numeric value type for metric. Found (1)'],
  ["metrics.a > 1 AND (params.b = 'c')", `${INVALID_CLAUSES}'(params.b = 'c')'`],
  ["(metrics.a > 1 AND params.b = 'c')", `${INVALID_CLAUSES}'(metrics.a > 1 AND params.b = 'c')'`],
  ["metrics.a > 1 AND NOT params.b = 'c'", `${INVALID_CLAUSES}'NOT'`],
  ['metrics.a LIKE 1', `Invalid comparator 'LIKE' not one of ${NUMERIC}`],
  ["metrics.a LIKE 'x'", "Expected numeric value type for metric. Found 'x'"],
  ['metrics.a IN (1)', 'Expected numeric value type for metric. Found (1)'],
  ["metrics.a IN ('1')", "Expected numeric value type for metric. Found ('1')"],
  ['metrics.a > NULL', 'Expected numeric value type for metric. Found NULL'],
  [
    'params.a = NULL',
    "Expected a quoted string value for parameter (e.g. 'my-value'). Got value NULL",
  ],
  [
    'params.a = null',
    "Expected a quoted string value for parameter (e.g. 'my-value'). Got value null",
  ],
  ['metrics.a > 1 AND foo', `${INVALID_CLAUSES}'foo'`],
  ['foo', `${INVALID_CLAUSES}'foo'`],
  ['foo AND bar', `${INVALID_CLAUSES}'foo', 'bar'`],
  ['metrics', `${INVALID_CLAUSES}'metrics'`],
  ['metrics.a', `${INVALID_CLAUSES}'metrics.a'`],
  ['metrics.a >', `${INVALID_CLAUSES}'metrics.a', '>'`],
  ['> 1', `${INVALID_CLAUSES}'>', '1'`],
  ['metrics.a 1', `${INVALID_CLAUSES}'metrics.a', '1'`],
  ['metrics.a > > 1', `${INVALID_CLAUSES}'metrics.a', '>', '>', '1'`],
  ['metrics.a ! 1', `Invalid comparator '!' not one of ${NUMERIC}`],
  ['metrics.a !> 1', `Invalid comparator '!>' not one of ${NUMERIC}`],
  ['metrics.a ~ 1', `Invalid comparator '~' not one of ${NUMERIC}`],
  ["params.a ~ 'x'", `Invalid comparator '~' not one of ${TEXT_OR_NULL}`],
  ["params.a =~ 'x'", `Invalid comparator '=~' not one of ${TEXT_OR_NULL}`],
  ['metrics.a => 1', `Invalid comparator '=>' not one of ${NUMERIC}`],
  ['metrics.a =< 1', `Invalid comparator '=<' not one of ${NUMERIC}`],
  ['metrics.a >1AND metrics.b<2', 'Expected numeric value type for metric. Found 1AND'],
  ['metrics.a > 1_000', 'Expected numeric value type for metric. Found 1_000'],
  ['metrics.a > 1.2.3', `${INVALID_CLAUSES}'.3'`],
  ['metrics.a > 1e', 'Expected numeric value type for metric. Found 1e'],
  ['metrics.a > 1d', 'Expected numeric value type for metric. Found 1d'],
  ["params . a = 'x'", `Invalid entity type 'params '. Valid values are ${TYPES}`],
  ["params .a = 'x'", `Invalid entity type 'params '. Valid values are ${TYPES}`],
  ["attributes .run_id = 'x'", `Invalid entity type 'attributes '. Valid values are ${TYPES}`],
  ['params.a IS', `${INVALID_CLAUSES}'params.a', 'IS'`],
  ['params.a IS NOT', `${INVALID_CLAUSES}'params.a', 'IS', 'NOT'`],
  ["params.a IS 'x'", `${INVALID_CLAUSES}'params.a', 'IS', ''x''`],
  ['params.a IS TRUE', `${INVALID_CLAUSES}'params.a', 'IS', 'TRUE'`],
  ['params.a ISNULL', `${INVALID_CLAUSES}'params.a', 'ISNULL'`],
  ['params.a NOT IN', `${INVALID_CLAUSES}'params.a', 'NOT', 'IN'`],
  ["params.a NOT 'x'", `${INVALID_CLAUSES}'params.a', 'NOT', ''x''`],
  ["run_id NOT IN 'a'", `${INVALID_CLAUSES}'run_id', 'NOT', 'IN', ''a''`],
  ["run_id NOT = 'a'", `${INVALID_CLAUSES}'run_id', 'NOT', '=', ''a''`],
  [
    "params.a = 'x'; DROP TABLE runs",
    'Search filter contained multiple expression "params.a = \'x\'; DROP TABLE runs". Provide ' +
      'AND-ed expression list.',
  ],
  ['params.a = @x', `${INVALID_CLAUSES}'params.a', '=', '@', 'x'`],
  ['params.a = {x}', `${INVALID_CLAUSES}'params.a', '=', '{', 'x', '}'`],
  ["params.a = N'x'", `${INVALID_CLAUSES}''x''`],
  ["params.a = E'x'", `${INVALID_CLAUSES}''x''`],
  ["params.a = x'ff'", `${INVALID_CLAUSES}''ff''`],
  ["params.😀 = 'x'", `${INVALID_CLAUSES}'params.', '😀', '=', ''x''`],
];

function rowsOf(filter: string): readonly Row[] {
  return parseRunFilter(filter).map(({ type, key, comparator, value }) =>
    value === undefined ? [type, key, comparator] : [type, key, comparator, value],
  );
}

describe('parseRunFilter, as MLflow', () => {
  it('has nothing to do without a filter', () => {
    expect(parseRunFilter(undefined)).toEqual([]);
  });

  it.each(accepted)('reads %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each(refused)('refuses %j', (input, message) => {
    expect(refusal(() => parseRunFilter(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});

describe('parseRunFilter, unlike MLflow', () => {
  it.each<[string, readonly Row[]]>([
    ["run_id IN ('A')", [['attribute', 'run_id', 'IN', ['A']]]],
    ["run_id IN ('123')", [['attribute', 'run_id', 'IN', ['123']]]],
    ["run_id IN ('aB')", [['attribute', 'run_id', 'IN', ['aB']]]],
    ["datasets.name IN ('x','Y')", [['dataset', 'name', 'IN', ['x', 'Y']]]],
    ["datasets.digest IN ('123')", [['dataset', 'digest', 'IN', ['123']]]],
  ])('keeps list entries that MLflow drops for not being lower case: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each<[string, readonly Row[]]>([
    ['start_time > 1.5', [['attribute', 'start_time', '>', 1]]],
    ['end_time < 9223372036854775808', [['attribute', 'end_time', '>=', -9223372036854775808n]]],
    ['end_time < 99999999999999999999', [['attribute', 'end_time', '>=', -9223372036854775808n]]],
    ['start_time > 1e3', [['attribute', 'start_time', '>', 1000]]],
  ])('compares times with whole numbers in 64 bits, to the same effect: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each<[string, readonly Row[]]>([
    ['params.a Is  Not  Null', [['param', 'a', 'IS NOT NULL']]],
    ["params.1 = 'x'", [['param', '1', '=', 'x']]],
    ['metrics.1 > 1', [['metric', '1', '>', 1]]],
    ["params.in = 'x'", [['param', 'in', '=', 'x']]],
    ["tags.a.1 = 'x'", [['tag', 'a.1', '=', 'x']]],
    ['metrics.a > 1e+16', [['metric', 'a', '>', 1e16]]],
  ])('takes any word or number after a dot, and any blanks between words: %j', (input, rows) => {
    expect(rowsOf(input)).toEqual(rows);
  });

  it.each<[string, string]>([
    [
      'run_id IN (a)',
      'While parsing a list in the query, expected a non-empty list of string values, but got ' +
        'ill-formed list.',
    ],
    ["run_id = ('a')", "Expected a quoted string value for attributes. Got value ('a')"],
    ["run_id != ('a')", "Expected a quoted string value for attributes. Got value ('a')"],
  ])('says what is wrong where MLflow shows an internal error: %j', (input, message) => {
    expect(refusal(() => parseRunFilter(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });

  it.each<[string, string]>([
    [
      "run_id IN ('a' 'b')",
      'While parsing a list in the query, expected a non-empty list of string values, but got ' +
        'ill-formed list.',
    ],
    [
      "run_id IN (('a'))",
      'While parsing a list in the query, expected a non-empty list of string values, but got ' +
        'ill-formed list.',
    ],
    ["params.a[0] = 'x'", `${INVALID_CLAUSES}'params.a', '[', '0', ']', '=', ''x''`],
    ["params.a::text = 'x'", `${INVALID_CLAUSES}'params.a', ':', ':'`],
    ['metrics.* > 1', `${INVALID_CLAUSES}'metrics.', '*', '>', '1'`],
    ["tags.* = 'x'", `${INVALID_CLAUSES}'tags.', '*', '=', ''x''`],
    ["tags.mlflow.* = 'x'", `${INVALID_CLAUSES}'tags.mlflow.', '*', '=', ''x''`],
  ])('does not take what only a SQL reader understands: %j', (input, message) => {
    expect(refusal(() => parseRunFilter(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });

  it.each<[string, string]>([
    ['metrics.a <= 0x1F', 'Expected numeric value type for metric. Found 0x1F'],
    ['metrics.a > 1 /* c */ AND metrics.b > 1', `${INVALID_CLAUSES}'/* c */'`],
    ['metrics.a > 1, metrics.b > 1', `${INVALID_CLAUSES}','`],
    ['metrics.a > 1 && metrics.b > 1', `${INVALID_CLAUSES}'>', '1'`],
    ['count(metrics.a) > 1', `${INVALID_CLAUSES}'count'`],
    ['metrics.a > 1 XOR metrics.b > 1', `${INVALID_CLAUSES}'XOR'`],
    ['params.a = true', `${UNQUOTED}true. Use either single or double quotes.`],
    ['params.a = True', `${UNQUOTED}True. Use either single or double quotes.`],
    ['metrics.a = true', 'Expected numeric value type for metric. Found true'],
    ['foo bar', `${INVALID_CLAUSES}'foo', 'bar'`],
    ['metrics.a > 1 > 2', `${INVALID_CLAUSES}'>', '2'`],
    ["params.a := 'x'", `${INVALID_CLAUSES}'params.a', ':', '=', ''x''`],
    ['metrics.a > 1,5', `${INVALID_CLAUSES}',', '5'`],
    ['params.a NOT NULL', `${INVALID_CLAUSES}'params.a', 'NOT', 'NULL'`],
    ['select * from runs', `${INVALID_CLAUSES}'select * from', 'runs'`],
    ["params.a = 'x' ORDER BY a", `${INVALID_CLAUSES}'ORDER', 'BY', 'a'`],
    ["params.a = 'x' WHERE 1", `${INVALID_CLAUSES}'WHERE', '1'`],
    ["WHERE params.a = 'x'", `${INVALID_CLAUSES}'WHERE'`],
    ["params.a = 'x' AS b", `${INVALID_CLAUSES}'AS', 'b'`],
    ["params.a AS b = 'x'", `${INVALID_CLAUSES}'params.a', 'AS'`],
    ['params.a = $1', `${INVALID_CLAUSES}'params.a', '=', '$', '1'`],
    ['params.a = ?', `${INVALID_CLAUSES}'params.a', '=', '?'`],
    ['params.a = :x', `${INVALID_CLAUSES}'params.a', '=', ':', 'x'`],
    ['params.a = %s', `${INVALID_CLAUSES}'params.a', '=', '%', 's'`],
    ['params.a = [x]', `${INVALID_CLAUSES}'params.a', '=', '[', 'x', ']'`],
    ["params.a = 'x'::text", `${INVALID_CLAUSES}':', ':', 'text'`],
    ['params.a = $$x$$', `${INVALID_CLAUSES}'params.a', '=', '$', '$', 'x', '$', '$'`],
    ["tags.a-1 = 'x'", `${NO_IDENTIFIER}'tags.a-1'`],
    ["tags.mlflow-user = 'x'", `${NO_IDENTIFIER}'tags.mlflow-user'`],
  ])('names what it does not understand more closely: %j', (input, message) => {
    expect(refusal(() => parseRunFilter(input))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });
});
