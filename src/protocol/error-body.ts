import type { ErrorCode } from '../domain/errors.js';

import { pythonJson } from './python-json.js';

interface Classification {
  readonly status: number;
  readonly sqlstate?: string;
  readonly errorClass?: string;
}

const USER = 'KAM00';
const SYSTEM = { sqlstate: 'XXM00', errorClass: 'CLIENT_INTERNAL_ERROR' };

/** How MLflow answers each of its codes; a code without a line of its own there is a 500. */
const CLASSIFICATIONS: Readonly<Record<ErrorCode, Classification>> = {
  INVALID_PARAMETER_VALUE: { status: 400, sqlstate: USER, errorClass: 'INVALID_PARAMETER_VALUE' },
  BAD_REQUEST: { status: 400, sqlstate: USER, errorClass: 'INVALID_PARAMETER_VALUE' },
  RESOURCE_ALREADY_EXISTS: { status: 400, sqlstate: USER, errorClass: 'RESOURCE_ALREADY_EXISTS' },
  RESOURCE_DOES_NOT_EXIST: { status: 404, sqlstate: USER, errorClass: 'RESOURCE_NOT_FOUND' },
  ENDPOINT_NOT_FOUND: { status: 404 },
  PERMISSION_DENIED: { status: 403, sqlstate: USER, errorClass: 'PERMISSION_DENIED' },
  FEATURE_DISABLED: { status: 500, sqlstate: USER, errorClass: 'FEATURE_DISABLED' },
  INVALID_STATE: { status: 500, ...SYSTEM },
  INTERNAL_ERROR: { status: 500, ...SYSTEM },
  NOT_IMPLEMENTED: { status: 501 },
  TEMPORARILY_UNAVAILABLE: { status: 503, ...SYSTEM },
};

export function statusOf(errorCode: ErrorCode): number {
  return CLASSIFICATIONS[errorCode].status;
}

/** The body of an error as MLflow's clients read it. */
export function encodeError(errorCode: ErrorCode, message: string): string {
  const { sqlstate, errorClass } = CLASSIFICATIONS[errorCode];
  return pythonJson(
    {
      error_code: errorCode,
      message,
      ...(sqlstate === undefined ? {} : { sqlstate }),
      ...(errorClass === undefined ? {} : { error_class: errorClass }),
    },
    'spaced',
  );
}
