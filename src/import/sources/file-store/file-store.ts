import type { TableName } from '../../../../ddl/index.js';
import type { ImportSource, Pass, SourceRow } from '../../contract.js';
import { ImportSourceError } from '../../errors.js';
import { textOf } from '../../text.js';
import { traceTables } from '../trace-rows.js';
import {
  experimentFolders,
  type ExperimentFolder,
  experimentRow,
  experimentTagRows,
} from './experiments.js';
import { loggedModelRows } from './logged-models.js';
import { modelBelongingRows, registeredModelRows } from './registry.js';
import { runRows } from './runs.js';
import { fileTraceRows } from './traces.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

/**
 * Opens the folder of MLflow's file store, `mlruns`.
 *
 * @throws ImportSourceError where there is no experiment in it
 * @see https://mlflow.org/docs/latest/self-hosting/architecture/backend-store/
 */
export async function openFileStore(root: string): Promise<ImportSource> {
  const experiments = await experimentFolders(root);
  if (experiments.length === 0) {
    throw new ImportSourceError(
      `${root} is no file store of MLflow's: no folder in it has an experiment's meta.yaml`,
    );
  }
  const merged = new Map<TableName, number>();
  const onMerged = (table: TableName) => merged.set(table, (merged.get(table) ?? 0) + 1);

  const passes: Pass[] = [
    {
      tables: ['experiments'],
      // eslint-disable-next-line @typescript-eslint/require-await -- they were read above
      read: async function* (): Rows {
        for (const experiment of experiments) yield ['experiments', experimentRow(experiment)];
      },
    },
    {
      tables: ['experiment_tags'],
      read: async function* (): Rows {
        for (const experiment of experiments) {
          for await (const row of experimentTagRows(experiment)) yield ['experiment_tags', row];
        }
      },
    },
    { tables: ['registered_models'], read: () => registeredModelRows(root) },
    {
      tables: [
        'registered_model_tags',
        'registered_model_aliases',
        'model_version_tags',
        'model_versions',
      ],
      read: () => modelBelongingRows(root),
    },
    {
      tables: [
        'metrics',
        'latest_metrics',
        'params',
        'tags',
        'datasets',
        'input_tags',
        'inputs',
        'runs',
      ],
      read: () => {
        merged.delete('metrics');
        return ofEach(experiments, (experiment) => runRows(experiment, () => onMerged('metrics')));
      },
    },
    { tables: [...traceTables, 'trace_info'], read: () => ofEach(experiments, fileTraceRows) },
    {
      tables: ['logged_model_params', 'logged_model_tags', 'logged_model_metrics', 'logged_models'],
      read: () => {
        merged.delete('logged_model_metrics');
        return ofEach(experiments, (experiment) =>
          loggedModelRows(experiment, () => onMerged('logged_model_metrics')),
        );
      },
    },
  ];
  return {
    description: `file store ${root}`,
    passes,
    leftOut: [],
    notes: [
      "traces: a file store keeps a trace's spans among its artifacts, and there they stay",
      ...relativeLocations(experiments),
    ],
    count: () => Promise.resolve(undefined),
    merged: (table) => merged.get(table) ?? 0,
    close: () => Promise.resolve(),
  };
}

async function* ofEach(
  experiments: readonly ExperimentFolder[],
  rows: (experiment: ExperimentFolder) => Rows,
): Rows {
  for (const experiment of experiments) yield* rows(experiment);
}

function relativeLocations(experiments: readonly ExperimentFolder[]): string[] {
  const relative = experiments.filter(({ meta }) => {
    const location = textOf(meta['artifact_location']);
    return !/^([a-z][a-z0-9+-]*:\/|\/)/i.test(location) && location !== '';
  });
  if (relative.length === 0) return [];
  return [
    `artifacts: the location of ${String(relative.length)} of ${String(experiments.length)} experiments is` +
      ' relative, kept as it is, and found only from the folder in which MLflow ran',
  ];
}
