import type { IntentRequest, Intents } from '../sql/intents.js';

/**
 * Does the intent, if the tenure that it is about still stands once it is held. Answers false where
 * another change of the name came before: then nothing was done.
 */
export async function runOnTenure(
  intents: Intents,
  intent: IntentRequest,
  stands: () => Promise<boolean>,
): Promise<boolean> {
  try {
    await intents.run(intent, async () => {
      if (!(await stands())) throw new TenureEnded();
    });
    return true;
  } catch (error) {
    if (error instanceof TenureEnded) return false;
    throw error;
  }
}

class TenureEnded extends Error {
  override readonly name = 'TenureEnded';
}
