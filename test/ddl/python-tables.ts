import { readFileSync } from 'node:fs';

import type { Backend } from './backends.js';

/** The statements that make the tables of the Python program, of one shard each. */
export function pythonTables(schema: string, only?: readonly string[]): string[] {
  const script = readFileSync(
    new URL('fixtures/python_3_12_0_cratedb.sql', import.meta.url),
    'utf8',
  );
  return script
    .replace(/^--.*$/gm, '')
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => {
      const name = /^CREATE TABLE "(\w+)"/.exec(statement)?.[1];
      return name !== undefined && (only?.includes(name) ?? true);
    })
    .map((statement) =>
      statement
        .replace('CREATE TABLE ', `CREATE TABLE "${schema}".`)
        .replace(/INTO \d+ SHARDS/, 'INTO 1 SHARDS')
        .replace("number_of_replicas = '0-1'", "number_of_replicas = '0'"),
    );
}

export async function makePythonTables(
  { execute, schema }: Pick<Backend, 'execute' | 'schema'>,
  only?: readonly string[],
): Promise<void> {
  for (const statement of pythonTables(schema, only)) await execute(statement);
}
