import { readFile, writeFile } from 'node:fs/promises';

import { sqlFiles } from './files.js';

// `npm run ddl:render` writes the committed SQL files, `npm run ddl:check` says if they drifted.

const check = process.argv.includes('--check');
const drifted: string[] = [];

for (const [path, text] of Object.entries(sqlFiles())) {
  // npm runs its scripts in the package's root.
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === text) continue;
  drifted.push(path);
  if (!check) await writeFile(path, text);
}

if (check && drifted.length > 0) {
  console.error(`Not in step with the definitions: ${drifted.join(', ')}. Run npm run ddl:render.`);
  process.exitCode = 1;
} else if (!check) {
  console.log(drifted.length > 0 ? `Wrote ${drifted.join(', ')}` : 'Nothing to do');
}
