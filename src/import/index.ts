/** Moves an MLflow installation into the package's tables. @module */
export type { ImportSource, LeftOut } from './contract.js';
export { ImportCollisionError, ImportConflictError, ImportSourceError } from './errors.js';
export type { ImportReport, TableReport } from './report.js';
export {
  countSource,
  type ImportDatabase,
  type ImportOptions,
  type ImportProgress,
  runImport,
} from './run.js';
export { openSource } from './sources/open.js';
export type { OnConflict } from './write-rows.js';
