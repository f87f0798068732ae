import { type RawBuilder, sql } from 'kysely';

/**
 * A word of CrateDB's grammar, which can be neither quoted nor sent as a parameter: only what is in
 * the list gets into the statement.
 *
 * @param what stands in the error
 * @throws RangeError for any other word
 */
export function keyword<Word extends string>(
  what: string,
  word: Word,
  words: readonly Word[],
): RawBuilder<unknown> {
  if (!words.includes(word)) throw new RangeError(`${what} must be one of ${words.join(', ')}`);
  return sql.raw(word);
}

/** @throws RangeError unless it is a whole number, `least` or more */
export function wholeNumber(what: string, value: number, least = 1): RawBuilder<number> {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${what} must be a whole number, ${least} or more`);
  }
  return sql.lit(value);
}
