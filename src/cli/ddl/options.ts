import type { Command } from 'commander';

import { DDL_EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';

/** The options as the command line gives them; what is absent was not given. */
export interface DdlFlags {
  readonly backendStoreUri?: string;
  readonly schema?: string;
  readonly shards?: string;
  readonly replicas?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly engine?: string;
  readonly dropOld?: boolean;
  readonly chunkRows?: string;
}

export interface DdlSettings {
  /** Undefined: embedded, in ./mlflow-data. */
  readonly uri: string | undefined;
  /** Undefined: the URI's, or the default. */
  readonly schema: string | undefined;
  readonly shards: number | undefined;
  readonly replicas: string | undefined;
  readonly json: boolean;
  readonly dryRun: boolean;
}

export function addDatabaseOptions(command: Command): Command {
  return command
    .option(
      '--backend-store-uri <uri>',
      'crate://user@host:5432/?schema=mlflow, pglite:<folder>, or none for the embedded database ' +
        'in ./mlflow-data (MLFLOW_BACKEND_STORE_URI)',
    )
    .option('--schema <name>', "CrateDB: the tables' schema; default the URI's, or mlflow")
    .option('--json', 'print one JSON document, for programs');
}

export function addTableOptions(command: Command): Command {
  return command
    .option('--shards <number>', 'CrateDB: shards of each table that is made; default its own')
    .option('--replicas <range>', 'CrateDB: number_of_replicas, for example 1 or 0-all');
}

export function ddlSettings(
  flags: DdlFlags,
  variables: Readonly<Record<string, string | undefined>>,
): DdlSettings {
  const uri = flags.backendStoreUri ?? variables['MLFLOW_BACKEND_STORE_URI'];
  if (flags.schema === '') throw new Failure('--schema must not be empty.', DDL_EXIT.error);
  return {
    uri: uri === '' ? undefined : uri,
    schema: flags.schema,
    shards: shardsOf(flags.shards),
    replicas: replicasOf(flags.replicas),
    json: flags.json ?? false,
    dryRun: flags.dryRun ?? false,
  };
}

/** The rows of a chunk of `adopt`; undefined: the default. */
export function chunkRowsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rows = Number(text);
  if (!/^\d+$/.test(text) || rows < 1 || rows > 1_000_000) {
    throw new Failure(
      `--chunk-rows must be a number from 1 to 1000000. Got '${text}'.`,
      DDL_EXIT.error,
    );
  }
  return rows;
}

function shardsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const shards = Number(text);
  if (!/^\d+$/.test(text) || shards < 1 || shards > 1_000) {
    throw new Failure(
      `--shards must be a number from 1 to 1000. Got '${text}'.`,
      DDL_EXIT.error,
    );
  }
  return shards;
}

function replicasOf(text: string | undefined): string | undefined {
  if (text !== undefined && !/^\d+(-(\d+|all))?$/.test(text)) {
    throw new Failure(
      `--replicas must be a number or a range, such as 1, 0-1 or 0-all. Got '${text}'.`,
      DDL_EXIT.error,
    );
  }
  return text;
}
