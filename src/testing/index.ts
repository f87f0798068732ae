/**
 * For tests of your own: a CrateDB to test on, and a store in memory.
 * @module mlflow-cratedb/testing
 */
export {
  CrateDBContainer,
  findCrate,
  type RunningCrate,
  StartedCrateDBContainer,
} from '../../dialect/testing/index.js';
export { openTestStore } from './store.js';
