/**
 * Your own SQL over MLflow's tables, with Kysely's types: the run with the highest value of a
 * metric in each experiment.
 *
 *     node examples/typed-sql.ts <metric> [store URI]
 */
import { openStore } from 'mlflow-cratedb';

const metric = process.argv[2] ?? 'f1';
const store = await openStore(process.argv[3]);
try {
  const ranked = store.db
    .selectFrom('latest_metrics as metric')
    .innerJoin('runs as run', 'run.run_uuid', 'metric.run_uuid')
    .innerJoin('experiments as experiment', 'experiment.experiment_id', 'run.experiment_id')
    .where('metric.key', '=', metric)
    .where('metric.is_nan', '=', false)
    .where('run.lifecycle_stage', '=', 'active')
    .where('experiment.lifecycle_stage', '=', 'active')
    .select((eb) => [
      'experiment.name as experiment',
      'run.name as run',
      'metric.value',
      eb.fn
        .agg<number>('row_number')
        .over((over) =>
          over
            .partitionBy('experiment.experiment_id')
            .orderBy('metric.value', 'desc')
            .orderBy('run.run_uuid'),
        )
        .as('place'),
    ]);

  const best = await store.db
    .selectFrom(ranked.as('ranked'))
    .select(['experiment', 'run', 'value'])
    .where('place', '=', 1)
    .orderBy('experiment')
    .execute();
  console.table(best);
} finally {
  await store.close();
}
