import { list, message, nonEmpty, string } from './fields.js';

/** The fields that a search for a run's model by name may have; see the handler. */
export const searchLoggedModels = message({
  experiment_ids: list(string),
  filter: nonEmpty,
  page_token: nonEmpty,
});
