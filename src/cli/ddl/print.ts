import { renderCrate, renderPostgres } from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { sayJson } from '../output.js';
import type { DdlFlags, DdlSettings } from './options.js';
import { sayStatements } from './output.js';

/** The tables' SQL; asks no database. */
export function printSchema(settings: DdlSettings, { engine = 'cratedb' }: DdlFlags): number {
  if (engine !== 'cratedb' && engine !== 'postgres') {
    throw new Failure(
      `--engine must be cratedb or postgres. Got '${engine}'.`,
      DDL_EXIT.error,
    );
  }
  const { schema, shards, replicas, json } = settings;
  const statements =
    engine === 'cratedb' ? renderCrate({ schema, shards, replicas }) : renderPostgres({ schema });
  if (json) sayJson({ engine, statements });
  else sayStatements(statements);
  return DDL_EXIT.inStep;
}
