import type { StoreContext } from '../context.js';
import { createIntents, type IntentHandler, type Intents } from '../sql/intents.js';
import { renameIntentHandlers } from './rename.js';
import { takeInIntentHandlers } from './take-in.js';
import { transitionIntentHandlers } from './versions.js';

/**
 * All work over many rows of the registry.
 * @param intentsOf the intents that the handlers belong to.
 */
export function registryIntentHandlers(
  context: StoreContext,
  intentsOf: () => Intents,
): Readonly<Record<string, IntentHandler>> {
  return {
    ...renameIntentHandlers(context, intentsOf),
    ...takeInIntentHandlers(context),
    ...transitionIntentHandlers(context),
  };
}

/** For who changes the registry alone. */
export function registryIntents(context: StoreContext): Intents {
  const intents: Intents = createIntents(context, {
    handlers: registryIntentHandlers(context, () => intents),
  });
  return intents;
}
