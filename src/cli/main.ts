#!/usr/bin/env node
/**
 * The `mlflow-cratedb` executable.
 *
 * Exit codes: 0 done, or stopped by a signal; 1 anything unforeseen; 2 wrong options; 3 the
 * database cannot be used (away, refuses, no privilege); 4 the data folder is open in another
 * process; 5 the address cannot be listened on. Of the `ddl` commands: 0 the tables are in step, 1
 * any error, 2 they are not. Of `import`: 0 all rows are there, 1 any error, 2 rows are missing. Each
 * error with one line on standard error.
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
