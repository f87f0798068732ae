export { CrateDBContainer, StartedCrateDBContainer } from './container.js';
export { findCrate } from './crate.js';
export { findExecutable, startExecutable } from './executable.js';
export {
  type RefreshChecker,
  refreshChecker,
  type RefreshCheckerOptions,
  type StaleRead,
  StaleReadError,
} from './refresh-checker.js';
export type { RunningCrate } from './running-crate.js';
