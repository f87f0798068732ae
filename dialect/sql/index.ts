/**
 * What CrateDB's SQL has and Kysely's builder can't say, as typed expressions and statements.
 *
 * Functions that take `eb` are called where Kysely gives one, and name columns as the builder does;
 * they return expressions, to be used in SELECT, WHERE, GROUP BY, ORDER BY and SET, or Kysely's own
 * aggregate functions, with `filterWhere` and `over`.
 *
 * ```ts
 * db.selectFrom('notes')
 *   .select((eb) => ['id', subscript(eb.ref('meta'), 'author').as('author')])
 *   .select(systemColumn('_score').as('score'))
 *   .where((eb) => match(eb, ['title', 'body'], 'quick fox', { fuzziness: 1 }))
 *   .orderBy(systemColumn('_score'), 'desc')
 * ```
 *
 * Not here, since Kysely says it well:
 *
 * - scalar functions, `eb.fn<number>('name', ['column', eb.val(value)])`: of texts and numbers
 *   (`concat_ws`, `regexp_replace`, `sha1`, `trunc` …), of objects (`object_keys`,
 *   `null_or_empty`), of arrays (`array_length`, `array_cat`, `array_append`, `array_prepend`,
 *   `array_set`, `array_unique`, `array_difference`, `array_position`, `array_overlap`,
 *   `array_min`, `array_max`, `array_sum`, `array_avg`, `array_to_string`, `array_unnest`), of
 *   places (`latitude`, `longitude`, `geohash`, `area`), of times (`now`, `curdate`, `age`,
 *   `timezone`, `to_char`), `ignore3vl`, `if`
 * - functions with words between their arguments, by the functions that mean the same: `trim(… from
 *   …)` as `ltrim`, `rtrim`, `btrim`, `position(… in …)` as `strpos`, `substring(… from …)` as
 *   `substr`, `at time zone` as `timezone`, `current_timestamp` as `now`
 * - aggregates and window functions of one column, `eb.fn.agg<number | null>('stddev',
 *   ['column'])`: `stddev_pop`, `variance`, `geometric_mean`, `row_number`, `rank`, `dense_rank`;
 *   FILTER and OVER
 * - arrays with a common item: `eb('tags', '&&', arrayValue('text', ['a', 'b']))`
 * - `excluded.column`, RETURNING, views (`db.schema.createView`), UNION ALL, CTEs
 *
 * `unnest`, `wholeKeys` and `refreshTable` are in `mlflow-cratedb/dialect` as well.
 *
 * @module
 */
export {
  anyValue,
  arrayAgg,
  hyperloglogDistinct,
  lttb,
  maxBy,
  minBy,
  percentile,
  stringAgg,
  topK,
} from './aggregates.js';
export type { Points, TopK } from './aggregates.js';
export { allOf, anyOf, arrayFrom, arrayValue, slice } from './array.js';
export type { ArrayItemType } from './array.js';
export { copyFrom, copyTo } from './copy.js';
export type {
  CopiedFile,
  CopyError,
  CopyFromOptions,
  CopySummary,
  CopyTarget,
  CopyToOptions,
} from './copy.js';
export { excludedColumns, ownColumns } from './excluded.js';
export { explain, explainAnalyze, explainVerbose, queryBreakdowns } from './explain.js';
export type { ExplainAnalysis, Explained, PlanStep, QueryBreakdown } from './explain.js';
export { match } from './fulltext.js';
export type { BoostedColumn, MatchColumn, MatchOptions, MatchType } from './fulltext.js';
export { distance, intersects, matchShape, pointValue, shapeValue, within } from './geo.js';
export type {
  GeoPointOperand,
  GeoPointValue,
  GeoPosition,
  GeoShapeOperand,
  GeoShapeValue,
  ShapeRelation,
} from './geo.js';
export {
  analyzeTables,
  killJob,
  optimizeTable,
  refreshTable,
  showCreateTable,
} from './maintenance.js';
export type { OptimizeOptions } from './maintenance.js';
export { buildObject, mergeObjects, subscript } from './object.js';
export type { SubscriptKey, SubscriptType } from './object.js';
export type { Reference } from './reference.js';
export { hasRowVersion, rowVersion } from './row-version.js';
export type { RowVersion } from './row-version.js';
export { resetGlobalSettings, setGlobalSettings, withSessionSettings } from './settings.js';
export type { GlobalSettings, SessionSettings } from './settings.js';
export { systemColumn } from './system-columns.js';
export type { SystemColumns } from './system-columns.js';
export {
  generateSeries,
  generateSubscripts,
  regexpMatches,
  tableFunction,
} from './table-functions.js';
export type { NumberSeries, TimeSeries } from './table-functions.js';
export { dateBin, dateFormat, dateTrunc, extract, interval } from './time.js';
export type { DateTruncUnit, ExtractField, IntervalOperand, IntervalParts } from './time.js';
export { unnest } from './unnest.js';
export type { UnnestColumn, UnnestRow, UnnestType } from './unnest.js';
export { knnMatch, vectorSimilarity } from './vector.js';
export type { Vector } from './vector.js';
export { wholeKeys } from './whole-keys.js';
export type { KeyValue } from './whole-keys.js';
export {
  currentRow,
  firstValue,
  following,
  lag,
  lastValue,
  lead,
  nthValue,
  preceding,
  rangeBetween,
  rowsBetween,
  unboundedFollowing,
  unboundedPreceding,
  windowed,
} from './window.js';
export type { Frame, FrameEnd, FrameStart, WindowOptions } from './window.js';
