export * from './crate-error.js';
export { fromPgError } from './from-pg-error.js';
export { redactLiterals } from './redact.js';
