import { Command, CommanderError } from 'commander';

import { addDdlCommands } from './ddl/commands.js';
import { EXIT, usageExit } from './exit-codes.js';
import { Failure, messageOf } from './failure.js';
import { addImportCommand } from './import/command.js';
import type { ServerFlags } from './settings.js';
import { serverSettings } from './settings.js';
import { packageVersion } from './version.js';
import { addWebhookCommands } from './webhooks/command.js';

/** Runs the command line; answers the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(async (flags) => {
    const settings = serverSettings(flags, process.env);
    // Databases and HTTP are loaded only for options that make sense.
    const { runServer } = await import('./server.js');
    exitCode = await runServer(settings);
  });
  const done = (code: number) => {
    exitCode = code;
  };
  addDdlCommands(program, done);
  addImportCommand(program, done);
  addWebhookCommands(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.ok : usageExit(args[0]);
    }
    process.stderr.write(`mlflow-cratedb: ${messageOf(error)}\n`);
    return error instanceof Failure ? error.exitCode : EXIT.unforeseen;
  }
}

function createProgram(serve: (flags: ServerFlags) => Promise<void>): Command {
  const program = new Command('mlflow-cratedb')
    .description("MLflow's tracking server with its data in CrateDB, or embedded.")
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .configureOutput({
      // One line, also with a suggestion in it.
      outputError: (text, write) => {
        write(
          `mlflow-cratedb: ${text
            .trim()
            .replace(/^error: /, '')
            .replace(/\s*\n\s*/g, ' ')}\n`,
        );
      },
    })
    .exitOverride();
  const server = program.command('server').description("Serve MLflow's REST API.");
  server.copyInheritedSettings(program).helpOption('--help', 'print this help');
  addServerOptions(server).action(async (flags: ServerFlags) => serve(flags));
  return program;
}

/** Named as `mlflow server` names them, with the environment variables it reads. */
function addServerOptions(command: Command): Command {
  return command
    .option(
      '--backend-store-uri <uri>',
      'crate://user@host:5432/?schema=mlflow, pglite:<folder>, or none for the embedded database ' +
        'in ./mlflow-data (MLFLOW_BACKEND_STORE_URI)',
    )
    .option('--registry-store-uri <uri>', 'only the same (MLFLOW_REGISTRY_STORE_URI)')
    .option(
      '--default-artifact-root <uri>',
      'where new experiments keep artifacts; default mlflow-artifacts:/, which is the artifacts ' +
        'destination (MLFLOW_DEFAULT_ARTIFACT_ROOT)',
    )
    .option(
      '--artifacts-destination <path>',
      'folder of the served artifacts; default ./mlflow-data/artifacts, or ./mlartifacts with a ' +
        'database URI (MLFLOW_ARTIFACTS_DESTINATION)',
    )
    .option('--serve-artifacts', 'serve artifacts, the default (MLFLOW_SERVE_ARTIFACTS)')
    .option('--no-serve-artifacts', 'do not')
    .option('--artifacts-only', 'serve nothing but artifacts (MLFLOW_ARTIFACTS_ONLY)')
    .option('-h, --host <host>', 'address to listen on; default 127.0.0.1 (MLFLOW_HOST)')
    .option('-p, --port <port>', 'port to listen on; default 5000 (MLFLOW_PORT)')
    .option(
      '--allowed-hosts <hosts>',
      'Host headers that are served, by commas, * in them; default this machine and private ' +
        'addresses (MLFLOW_SERVER_ALLOWED_HOSTS)',
    )
    .option(
      '--cors-allowed-origins <origins>',
      'origins whose pages may write, by commas; default this machine ' +
        '(MLFLOW_SERVER_CORS_ALLOWED_ORIGINS)',
    )
    .option(
      '--x-frame-options <value>',
      'SAMEORIGIN, DENY or NONE; default SAMEORIGIN (MLFLOW_SERVER_X_FRAME_OPTIONS)',
    )
    .option(
      '--disable-security-middleware',
      'no host check, no cross-origin check (MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE)',
    )
    .option('--static-prefix <path>', 'a path before all others (MLFLOW_STATIC_PREFIX)')
    .option(
      '--webhook-allowed-targets <targets>',
      'host names and networks, by commas, that webhooks may call though they are not public: ' +
        'hooks.internal,10.1.0.0/16 (MLFLOW_CRATEDB_WEBHOOK_ALLOWED_TARGETS)',
    )
    .option('-w, --workers <number>', 'taken for compatibility, no effect')
    .option('--gunicorn-opts <options>', 'taken for compatibility, no effect')
    .option('--uvicorn-opts <options>', 'taken for compatibility, no effect')
    .option('--waitress-opts <options>', 'taken for compatibility, no effect')
    .option('--dev', 'taken for compatibility, no effect')
    .option('--secrets-cache-ttl <seconds>', 'taken for compatibility, no effect')
    .option('--secrets-cache-max-size <entries>', 'taken for compatibility, no effect')
    .option('--expose-prometheus <folder>', 'not there yet')
    .option('--app-name <name>', 'not there yet')
    .option('--enable-workspaces', 'not there yet')
    .option('--workspace-store-uri <uri>', 'not there yet')
    .addHelpText(
      'after',
      '\nBy environment variables only:\n' +
        '  MLFLOW_TRUNCATE_LONG_VALUES  cut long params and tags, not refuse them; default true\n' +
        '  MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX  what the source of a new model ' +
        'version must match; default any\n' +
        '  MLFLOW_WEBHOOK_…, MLFLOW_CRATEDB_WEBHOOK_CHANGE_TIMEOUT  see docs/webhooks.md',
    )
    .allowExcessArguments(false);
}
