import { expect } from 'vitest';

import { NotSupportedError, TransactionsNotSupportedError } from '../../../dialect/index.js';

/** A refusal names what is refused and what to do instead. */
export function expectAlternative(error: unknown): void {
  expect(error).toBeInstanceOf(NotSupportedError);
  if (!(error instanceof NotSupportedError) || error instanceof TransactionsNotSupportedError) {
    return;
  }
  expect(error.feature, error.message).toBeTypeOf('string');
  expect(error.alternative).toMatch(/^[A-Z].*\.$/s);
  expect(error.message).toBe(`CrateDB has no ${error.feature}. ${error.alternative}`);
  expect(error.sqlstate).toBe('0A000');
}
