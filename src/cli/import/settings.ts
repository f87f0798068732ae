export interface ImportSettings {
  readonly from: string;
  /** Undefined: embedded, in ./mlflow-data. */
  readonly uri: string | undefined;
  readonly onConflict: 'stop' | 'skip' | 'replace';
  readonly dryRun: boolean;
  readonly json: boolean;
}
