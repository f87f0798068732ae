import { createRequire } from 'node:module';

/** The package's own, which it can import by its own name from wherever it is built to. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)('mlflow-cratedb/package.json') as {
    version: string;
  };
  return version;
}
