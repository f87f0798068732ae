import { readFile } from 'node:fs/promises';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { DDL_EXIT, EXIT, IMPORT_EXIT, WEBHOOKS_EXIT } from '../../src/cli/exit-codes.js';
import { run } from '../../src/cli/program.js';

const page = await readFile(new URL('../../docs/command-line.md', import.meta.url), 'utf8');

/** The codes that the page gives to each command: those whose cell says something. */
function codesOfPage(): ReadonlyMap<string, readonly number[]> {
  const [, table = ''] = /^(\| exit code \|[\s\S]*?)(?:\n\n|\n*$(?![\s\S]))/m.exec(page) ?? [];
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
  return new Map(
    head.slice(1).map((name, index) => [
      name.replaceAll('`', ''),
      rows.filter((row) => row[index + 1] !== '').map(([code]) => Number(code)),
    ]),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

async function ended(...args: string[]) {
  let errors = '';
  const silent = (text: unknown) => {
    errors += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation(silent);
  const exitCode = await run(args);
  return { exitCode, lines: errors.trimEnd().split('\n').length };
}

describe('exit codes', () => {
  it('are those of docs/command-line.md', () => {
    expect(Object.fromEntries(codesOfPage())).toEqual({
      server: Object.values(EXIT),
      ddl: Object.values(DDL_EXIT),
      import: Object.values(IMPORT_EXIT),
      webhooks: Object.values(WEBHOOKS_EXIT),
    });
  });

  it.each([
    [['bogus'], EXIT.usage],
    [['--bogus'], EXIT.usage],
    [['server', '--bogus'], EXIT.usage],
    [['server', '--port'], EXIT.usage],
    [['server', 'extra'], EXIT.usage],
    [['ddl', 'bogus'], DDL_EXIT.error],
    [['ddl', 'apply', '--bogus'], DDL_EXIT.error],
    [['ddl', 'apply', 'extra'], DDL_EXIT.error],
    [['ddl', 'status', '--schema'], DDL_EXIT.error],
    [['import'], IMPORT_EXIT.error],
    [['import', '--from'], IMPORT_EXIT.error],
    [['import', '--bogus'], IMPORT_EXIT.error],
    [['webhooks', 'bogus'], WEBHOOKS_EXIT.error],
    [['webhooks', 'deliveries', '--bogus'], WEBHOOKS_EXIT.error],
    [['webhooks', 'deliveries', 'extra'], WEBHOOKS_EXIT.error],
  ])('%j: one line, %i', async (args, exitCode) => {
    expect(await ended(...args)).toEqual({ exitCode, lines: 1 });
  });

  const ddl = ['print', 'apply', 'status', 'diff', 'migrate', 'adopt', 'drop'];
  it.each([
    'server',
    'ddl',
    ...ddl.map((name) => `ddl ${name}`),
    'import',
    'webhooks',
    'webhooks deliveries',
    'webhooks redeliver',
  ])('%s --help: 0', async (command) => {
    expect(await ended(...command.split(' '), '--help')).toMatchObject({ exitCode: 0 });
  });
});
