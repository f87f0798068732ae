export * from './crate-error.js';
export {
  fromHttpError,
  fromHttpFailure,
  HttpAnswerError,
  type HttpFailure,
  HttpRequestError,
} from './from-http-error.js';
export { fromPgError } from './from-pg-error.js';
export { redactLiterals } from './redact.js';
