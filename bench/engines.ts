import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kysely, sql } from 'kysely';
import { openStore } from 'mlflow-cratedb';
import { CrateDialect } from 'mlflow-cratedb/dialect';
import { renderDrop } from 'mlflow-cratedb/ddl';

import { connectToCrate, openPglite } from './contenders/connection.ts';
import type { Contender } from './contenders/contender.ts';
import { handWritten } from './contenders/hand-written.ts';
import { openHttp } from './contenders/http.ts';
import { openInProcess } from './contenders/in-process.ts';
import type { RetryDatabase } from './retry.ts';

/** A database to measure on, and its fresh parts. */
export interface Engine {
  readonly title: string;
  contenders(): Promise<readonly Contender[]>;
  /** A database of its own, without tables. */
  fresh(): Promise<RetryDatabase>;
  /** Drops all that was made. */
  clean(): Promise<void>;
}

/** All contenders share one schema, made for this run of the bench. */
export async function crateEngine(url: string): Promise<Engine> {
  const schemas: string[] = [];
  const fresh = (): RetryDatabase => {
    const schema = `bench_${randomBytes(4).toString('hex')}`;
    schemas.push(schema);
    const own = new URL(url);
    own.searchParams.set('schema', schema);
    return { uri: own.href, schema };
  };
  const admin = new Kysely<unknown>({ dialect: new CrateDialect({ url }) });
  const { rows } = await sql<{ version: string }>`SELECT version() AS version`.execute(admin);
  return {
    title: /^CrateDB [\d.]+/.exec(rows[0]?.version ?? '')?.[0] ?? 'CrateDB',
    async contenders() {
      const { uri } = fresh();
      const inProcess = await openInProcess(uri);
      return [handWritten(connectToCrate(uri)), inProcess, await openHttp(uri)];
    },
    fresh: () => Promise.resolve(fresh()),
    async clean() {
      for (const schema of schemas) {
        for (const statement of renderDrop({ schema })) await sql.raw(statement).execute(admin);
      }
      await admin.destroy();
    },
  };
}

/** A folder each: an embedded database belongs to one process, and to one program in it. */
export async function embeddedEngine(): Promise<Engine> {
  const root = await mkdtemp(join(tmpdir(), 'mlflow-cratedb-bench-'));
  let folders = 0;
  const fresh = (): RetryDatabase => ({
    uri: `pglite:${join(root, String(folders++))}`,
    schema: 'mlflow',
  });
  const store = await openStore('pglite:memory');
  const { rows } = await sql<{ server_version: string }>`SHOW server_version`.execute(store.db);
  await store.close();
  return {
    title: `embedded (PGlite, PostgreSQL ${rows[0]?.server_version ?? ''})`,
    contenders: async () => [
      handWritten(await openPglite(join(root, 'hand-written'))),
      await openInProcess(fresh().uri),
      await openHttp(fresh().uri),
    ],
    fresh: () => Promise.resolve(fresh()),
    clean: () => rm(root, { recursive: true, force: true }),
  };
}
