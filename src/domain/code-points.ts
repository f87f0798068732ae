/** MLflow counts lengths in code points; JavaScript's `length` counts UTF-16 code units. */

/** Whether the text has more than `limit` code points; looks no further than it must. */
export function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit && endOf(text, limit) < text.length;
}

/** The first `limit` code points. */
export function cutToCodePoints(text: string, limit: number): string {
  return text.length > limit ? text.slice(0, endOf(text, limit)) : text;
}

/** Where, in code units, the first `limit` code points end. */
function endOf(text: string, limit: number): number {
  let index = 0;
  for (let count = 0; count < limit && index < text.length; count += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}
