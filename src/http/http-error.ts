import { MlflowError } from '../domain/errors.js';
import type { ErrorCode } from '../domain/errors.js';
import type { Route } from '../protocol/index.js';

/** An error that only HTTP knows, with a status that its code alone would not give. */
export class HttpError extends MlflowError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    errorCode: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(errorCode, message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Clients that read this try no longer to send spans one by one, and keep the spans of each trace
 * as an artifact of it, in silence. The words are MLflow's own.
 */
const NO_SPANS = ' REST OTLP span logging is not supported.';

/** An endpoint of MLflow's that is not there yet says so by its name. */
export function notImplemented({ operation, method, pattern }: Route): MlflowError {
  return new MlflowError(
    'NOT_IMPLEMENTED',
    `${method} ${pattern} is not implemented by mlflow-cratedb yet.` +
      (operation === 'exportTraces' ? NO_SPANS : ''),
  );
}
