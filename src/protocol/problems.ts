import { invalidParameter } from '../domain/errors.js';
import type { MlflowError } from '../domain/errors.js';

import { pythonJson, pythonTypeName } from './python-json.js';

const SEE_DOCS = ' See the API docs for more information about request parameters.';

export function missingValue(path: string): MlflowError {
  return invalidParameter(`Missing value for required parameter '${path}'.${SEE_DOCS}`);
}

/** The two blanks before "Hint" are MLflow's; clients match on the text. */
export function invalidValue(path: string, value: unknown): MlflowError {
  return invalidParameter(
    `Invalid value ${pythonJson(value)} for parameter '${path}' supplied:  Hint: Value was of ` +
      `type '${pythonTypeName(value)}'.${SEE_DOCS}`,
  );
}

/** A rule of one endpoint, in its own words. */
export function brokenRule(message: string): MlflowError {
  return invalidParameter(message + SEE_DOCS);
}

/**
 * A value that cannot be read. The decoders of lists and messages put their part of the path before
 * it on its way out, so that reading good values builds no paths.
 */
export class FieldProblem extends Error {
  override readonly name = 'FieldProblem';
  readonly #describe: (path: string) => MlflowError;
  #path: string;

  constructor(describe: (path: string) => MlflowError, path = '') {
    super('A field cannot be read');
    this.#describe = describe;
    this.#path = path;
  }

  within(parent: string): this {
    const separator = this.#path === '' || this.#path.startsWith('[') ? '' : '.';
    this.#path = `${parent}${separator}${this.#path}`;
    return this;
  }

  toMlflowError(): MlflowError {
    return this.#describe(this.#path);
  }
}

export function invalid(value: unknown): FieldProblem {
  return new FieldProblem((path) => invalidValue(path, value));
}
