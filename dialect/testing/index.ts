export { findCrate } from './crate.js';
export { findExecutable, startExecutable } from './executable.js';
export type { RunningCrate } from './running-crate.js';
