import { EMPTY, loggedModelMessages as messages } from '../../protocol/index.js';
import { notImplemented } from '../http-error.js';
import { jsonOperation } from '../operation.js';

/**
 * Logged models are not served yet, but MLflow's client lists and downloads no directory of a run's
 * artifacts without asking first whether a model of that name is there. That one question is
 * answered where the answer is no.
 */
export const loggedModelOperations = {
  searchLoggedModels: jsonOperation(
    messages.searchLoggedModels,
    async (store, { experiment_ids: experimentIds, filter }, { route }) => {
      const name = /^\s*name\s*=\s*'([^']*)'\s*$/.exec(filter ?? '')?.[1];
      if (name === undefined || (await store.hasLoggedModel?.(experimentIds, name)) === true) {
        throw notImplemented(route);
      }
      return EMPTY;
    },
  ),
};
