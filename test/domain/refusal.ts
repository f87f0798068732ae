import { MlflowError } from '../../src/domain/index.js';

/** Code and text of the MlflowError that the call fails with; `undefined` where it succeeds. */
export function refusal(call: () => unknown): [code: string, message: string] | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof MlflowError) return [error.errorCode, error.message];
    throw error;
  }
  return undefined;
}
