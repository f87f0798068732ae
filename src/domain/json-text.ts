/**
 * The text with something else for each `NaN`, `Infinity` and `-Infinity`, as which Python writes
 * numbers that JSON has none for. Strings are left as they are.
 */
export function replaceNonFinite(text: string, replacement: (token: string) => string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (token) =>
    token.startsWith('"') ? token : replacement(token),
  );
}

/** Whether a text is JSON, or what Python takes for it: with NaN, Infinity and -Infinity. */
export function isJsonText(text: string): boolean {
  return parses(text) || parses(replaceNonFinite(text, () => 'null'));
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
