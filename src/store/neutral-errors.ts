import { CrateConnectionError, CrateError } from '../../dialect/index.js';
import { MlflowError } from '../domain/errors.js';

/** What PostgreSQL says of a zero byte in a text; CrateDB stores it. */
const CHARACTER_NOT_IN_REPERTOIRE = '22021';

type Methods = Readonly<Record<string, (...parameters: never[]) => Promise<unknown>>>;

/**
 * Methods whose database errors are told in MLflow's terms: a database that is away is
 * TEMPORARILY_UNAVAILABLE, which clients retry; all else is an INTERNAL_ERROR whose cause is for
 * the log, not for the client.
 */
export function withNeutralErrors<Store extends object>(store: Store): Store {
  const wrapped = Object.entries(store as Methods).map(([name, method]) => [
    name,
    async (...parameters: never[]) => {
      try {
        return await method(...parameters);
      } catch (error) {
        throw toMlflowError(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Store;
}

function toMlflowError(error: unknown): unknown {
  if (error instanceof CrateConnectionError) {
    return new MlflowError('TEMPORARILY_UNAVAILABLE', 'The database cannot be reached.', {
      cause: error,
    });
  }
  if (error instanceof CrateError && error.sqlstate === CHARACTER_NOT_IN_REPERTOIRE) {
    return new MlflowError(
      'INVALID_PARAMETER_VALUE',
      'The embedded database cannot store text with a zero byte.',
      { cause: error },
    );
  }
  return error;
}
