import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The test files that drive our server with the stock client, of which the page is made. */
export function stockClientTests(root: string): readonly string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
    .filter((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return /\bstartServer\b/.test(text) && /\bpythonWithMlflow\b/.test(text);
    })
    .sort();
}
