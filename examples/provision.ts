/**
 * Makes MLflow's tables with a user who may, for a service whose own user may not. In CI, say:
 *
 *     node examples/provision.ts crate://crate@localhost:5432/?schema=mlflow
 *
 * It may run again, and several at once. Without Node: `crash < ddl/cratedb.sql`.
 */
import { Kysely } from 'kysely';
import { provision, renderCrate, SCHEMA_VERSION, tableNames } from 'mlflow-cratedb/ddl';
import { CrateDialect } from 'mlflow-cratedb/dialect';

const url = process.argv[2];
if (url === undefined) {
  // What would be sent, for those who review it first.
  console.log(renderCrate({ schema: 'mlflow' }).join(';\n\n'));
} else {
  const schema = new URL(url).searchParams.get('schema') ?? 'mlflow';
  const db = new Kysely<unknown>({ dialect: new CrateDialect({ url }) });
  try {
    await provision(db, { engine: 'cratedb', schema });
    console.log(`${tableNames.length} tables in ${schema}, version ${SCHEMA_VERSION}`);
  } finally {
    await db.destroy();
  }
}
