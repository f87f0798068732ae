import type { Command } from 'commander';

import {
  addDatabaseOptions,
  addTableOptions,
  ddlSettings,
  type DdlFlags,
  type DdlSettings,
} from './options.js';

/** Does the work of a command; answers the exit code. */
export type DdlAction = (settings: DdlSettings, flags: DdlFlags) => Promise<number>;

/**
 * Adds `ddl` with its commands. `done` is told the exit code. What a command needs is loaded when it
 * runs.
 */
export function addDdlCommands(program: Command, done: (exitCode: number) => void): void {
  const ddl = program
    .command('ddl')
    .description("Make, compare and migrate MLflow's tables. Exits: 0 in step, 1 error, 2 drift.");
  ddl.copyInheritedSettings(program).helpOption('--help', 'print this help').helpCommand(false);

  const add = (name: string, description: string, action: DdlAction): Command => {
    const command = ddl.command(name).description(description).allowExcessArguments(false);
    command.copyInheritedSettings(program).helpOption('--help', 'print this help');
    return command.action(async (flags: DdlFlags) => {
      done(await action(ddlSettings(flags, process.env), flags));
    });
  };
  const dryRun = ['--dry-run', 'print the exact SQL and execute nothing'] as const;

  const print = add('print', "Print the tables' SQL; asks no database.", async (...given) => {
    const { printSchema } = await import('./print.js');
    return printSchema(...given);
  });
  addTableOptions(print)
    .option('--schema <name>', "the tables' schema; default mlflow")
    .option('--engine <engine>', 'cratedb (the default) or postgres')
    .option('--json', 'print one JSON document, for programs');

  const apply = add(
    'apply',
    'Make what is missing, run pending migrations, and apply the changes that are safe.',
    async (settings) => {
      const module = await import('./apply.js');
      return module.apply(settings);
    },
  );
  addTableOptions(addDatabaseOptions(apply)).option(...dryRun);

  const status = add('status', 'Say at which version the tables are.', async (settings) => {
    const { showStatus } = await import('./status.js');
    return showStatus(settings);
  });
  addDatabaseOptions(status);

  const diff = add('diff', 'Compare the live tables with the definitions.', async (settings) => {
    const { showDiff } = await import('./diff.js');
    return showDiff(settings);
  });
  addTableOptions(addDatabaseOptions(diff)).option(
    '--dry-run',
    'print the SQL of the changes that are safe, and nothing else',
  );

  const migrate = add('migrate', 'Run pending migrations.', async (settings) => {
    const module = await import('./migrate.js');
    return module.migrate(settings);
  });
  addTableOptions(addDatabaseOptions(migrate)).option(...dryRun);

  const adopt = add(
    'adopt',
    'Take over the tables of the Python mlflow-cratedb with all their rows, online.',
    async (...given) => {
      const module = await import('./adopt.js');
      return module.adopt(...given);
    },
  );
  addTableOptions(addDatabaseOptions(adopt))
    .option(...dryRun)
    .option('--drop-old', 'drop the tables of before at the end; else they are kept beside')
    .option('--chunk-rows <number>', 'rows copied by one statement; default 20000');

  const drop = add(
    'drop',
    'Drop the tables with all their data; asks for the name of the schema.',
    async (...given) => {
      const module = await import('./drop.js');
      return module.drop(...given);
    },
  );
  addDatabaseOptions(drop).option(...dryRun).option('--yes', 'do not ask');
}
