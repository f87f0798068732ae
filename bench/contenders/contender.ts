import type { LogBatch, LogMetric } from 'mlflow-cratedb';

/** One way to do MLflow's work on a database: they all do the same, so that times compare. */
export interface Contender {
  readonly name: 'hand-written' | 'in process' | 'HTTP';
  createExperiment(name: string): Promise<string>;
  /** With the three tags that a client sends; answers the run's id. */
  createRun(experimentId: string): Promise<string>;
  logBatch(runId: string, batch: LogBatch): Promise<void>;
  logMetric(runId: string, metric: LogMetric): Promise<void>;
  /** Answers how many metrics, params and tags came. */
  getRun(runId: string): Promise<number>;
  /** Answers how many points came. */
  getHistory(runId: string, key: string): Promise<number>;
  /** Answers how many runs came. */
  searchRuns(search: Search): Promise<number>;
  /** Statements sent so far; undefined where they are not seen from here. */
  statements(): number | undefined;
  close(): Promise<void>;
}

/** `metrics.<metric> > <above> AND params.<param> = '<value>'`, `metrics.<orderBy> DESC`. */
export interface Search {
  readonly experimentId: string;
  readonly metric: string;
  readonly above: number;
  readonly param: string;
  readonly value: string;
  readonly orderBy: string;
  readonly maxResults: number;
}

export const RUN_TAGS = [
  { key: 'mlflow.user', value: 'bench' },
  { key: 'mlflow.source.name', value: 'bench/main.ts' },
  { key: 'mlflow.source.type', value: 'LOCAL' },
];

export function filterOf({ metric, above, param, value }: Search): string {
  return `metrics.${metric} > ${above} AND params.${param} = '${value}'`;
}
