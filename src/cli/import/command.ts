import type { Command } from 'commander';

import { IMPORT_EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import type { ImportSettings } from './settings.js';

interface ImportFlags {
  readonly from: string;
  readonly backendStoreUri?: string;
  readonly onConflict?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Adds `import`. `done` is told the exit code. What it needs is loaded when it runs. */
export function addImportCommand(program: Command, done: (exitCode: number) => void): void {
  const command = program
    .command('import')
    .description(
      'Copy an MLflow installation into the database. Exits: 0 all there, 1 error, 2 rows missing.',
    );
  command.copyInheritedSettings(program).helpOption('--help', 'print this help');
  command
    .requiredOption(
      '--from <source>',
      'sqlite:///mlflow.db, postgresql://user@host/db, an mlruns folder, or http://host:port',
    )
    .option(
      '--backend-store-uri <uri>',
      'where to: crate://user@host:5432/?schema=mlflow, pglite:<folder>, or none for the embedded ' +
        'database in ./mlflow-data (MLFLOW_BACKEND_STORE_URI)',
    )
    .option(
      '--on-conflict <what>',
      'of a row that stands there with other content: stop (the default), skip, or replace',
    )
    .option('--dry-run', 'count what would be copied, and write nothing')
    .option('--json', 'print the report as one JSON document, for programs')
    .allowExcessArguments(false)
    .action(async (flags: ImportFlags) => {
      const settings = importSettings(flags, process.env);
      const { importInstallation } = await import('./import.js');
      done(await importInstallation(settings));
    });
}

function importSettings(
  flags: ImportFlags,
  variables: Readonly<Record<string, string | undefined>>,
): ImportSettings {
  const { from, onConflict = 'stop', dryRun = false, json = false } = flags;
  if (from === '') throw new Failure('--from must not be empty.', IMPORT_EXIT.error);
  if (onConflict !== 'stop' && onConflict !== 'skip' && onConflict !== 'replace') {
    throw new Failure(
      `--on-conflict must be stop, skip or replace. Got '${onConflict}'.`,
      IMPORT_EXIT.error,
    );
  }
  const uri = flags.backendStoreUri ?? variables['MLFLOW_BACKEND_STORE_URI'];
  return { from, uri: uri === '' ? undefined : uri, onConflict, dryRun, json };
}
