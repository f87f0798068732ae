import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a block of a page as a program, in a file inside of the package, where it may import the
 * package by its name.
 *
 * @param name of the file, unlike that of other blocks
 */
export async function runTypeScript(
  name: string,
  code: string,
  cwd: string = root,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const file = join(root, '.cache', 'docs', `${name}.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
  return promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--experimental-strip-types', file],
    { cwd },
  );
}
