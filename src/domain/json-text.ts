/** Whether a text is JSON, or what Python takes for it: with NaN, Infinity and -Infinity. */
export function isJsonText(text: string): boolean {
  if (parses(text)) return true;
  const finite = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (token) =>
    token.startsWith('"') ? token : 'null',
  );
  return finite !== text && parses(finite);
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
