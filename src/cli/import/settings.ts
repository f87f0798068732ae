/** What a script sees of `import`, whatever went wrong. */
export const IMPORT_EXIT = { complete: 0, error: 1, rowsMissing: 2 } as const;

export interface ImportSettings {
  readonly from: string;
  /** Undefined: embedded, in ./mlflow-data. */
  readonly uri: string | undefined;
  readonly onConflict: 'stop' | 'skip' | 'replace';
  readonly dryRun: boolean;
  readonly json: boolean;
}
