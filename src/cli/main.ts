#!/usr/bin/env node
/**
 * The `mlflow-cratedb` executable.
 *
 * Exit codes are those of `exit-codes.ts`; each error comes with one line on standard error.
 */
const OLDEST_NODE = 22;
const EXIT_GRACE_MS = 1_000;

const major = Number(process.versions.node.split('.', 1)[0]);
if (major < OLDEST_NODE) {
  process.stderr.write(
    `mlflow-cratedb needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}.\n`,
  );
  process.exitCode = 1;
} else {
  // Only now: an older Node might not even parse what this loads.
  const { run } = await import('./program.js');
  process.exitCode = await run(process.argv.slice(2));
  // All is said and closed. Whatever a library left open must not keep the process.
  setTimeout(() => process.exit(), EXIT_GRACE_MS).unref();
}
