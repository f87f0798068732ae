import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { findRoute, type Route } from '../../src/protocol/index.js';

export const BACKENDS = ['CrateDB', 'embedded'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** What the stock client called with success, as {@link routeKey} has it, by database. */
export type Calls = Readonly<Record<BackendName, ReadonlySet<string>>>;

export function routeKey({ method, pattern }: Pick<Route, 'method' | 'pattern'>): string {
  return `${method} ${pattern}`;
}

/** Where a server is to note the calls of the stock client: a new file for each server. */
export function callsFile(folder: string, backend: BackendName): string {
  return join(folder, `${backend}.${randomUUID()}`);
}

/** All that the servers of a run have noted. */
export function readCalls(folder: string): Calls {
  const calls = { CrateDB: new Set<string>(), embedded: new Set<string>() };
  for (const file of readdirSync(folder)) {
    const backend = BACKENDS.find((name) => file.startsWith(`${name}.`));
    if (backend === undefined) throw new Error(`${file} is of no backend.`);
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    for (const line of lines) {
      const [method = '', path = ''] = line.split(' ');
      const match = findRoute(method, path);
      if (match.kind === 'route') calls[backend].add(routeKey(match.route));
    }
  }
  return calls;
}
