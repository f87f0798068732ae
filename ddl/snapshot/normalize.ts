const CAST =
  /::\s*(?:character varying|timestamp with(?:out)? time zone|double precision|\w+)(?:\(\d+\))?(?:\[\])?/gi;

/**
 * An expression without what a database adds to it when it tells it: `'ACTIVE'::character varying`
 * and `'ACTIVE'`, `(a - b)` and `a - b` are the same.
 */
export function normalExpression(text: string): string {
  const parts = text.split(/('(?:[^']|'')*')/);
  const plain = parts.map((part, index) => {
    // Every other one is a quoted text, which stays.
    if (index % 2 === 1) return part;
    return part
      .replace(CAST, '')
      .replaceAll('"', '')
      .replace(/\s+/g, ' ')
      .toLowerCase();
  });
  return withoutOuterParentheses(plain.join('').trim());
}

function withoutOuterParentheses(text: string): string {
  let current = text;
  while (current.startsWith('(') && closingIndex(current) === current.length - 1) {
    current = current.slice(1, -1).trim();
  }
  // `(gen_random_uuid())::text` loses its cast first, and the parentheses with it here.
  return current;
}

/** Where the parenthesis that opens the text is closed. */
function closingIndex(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
