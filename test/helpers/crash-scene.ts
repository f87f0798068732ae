import { afterAll, beforeAll, describe, expect } from 'vitest';

import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/open.js';
import {
  createRepositories,
  type ModelRegistryStore,
  type Repositories,
  type StoreContext,
  type TrackingStore,
  type WebhookStore,
} from '../../src/store/index.js';
import { CrashPlugin } from './crash-plugin.js';
import { dropSchema } from './crate-schema.js';
import { type Backend, crateBackend, embedded } from './stores.js';

const MOST_STATEMENTS = 60;

/** Any URL, and secrets as they are; a process counts as dead at once. */
const webhooks = {
  secrets: { encrypt: (secret: string) => secret, decrypt: (secret: string) => secret },
  targets: { check: () => Promise.resolve() },
  pendingMs: 0,
};

export type AnyStore = TrackingStore & ModelRegistryStore & Omit<WebhookStore, 'testWebhook'>;

export interface CrashScene {
  readonly backend: Backend;
  /** A store of a process that lives. */
  readonly store: () => Repositories;
  /** Runs the call in a process that dies after so many statements; answers whether it died. */
  readonly dies: (
    statements: number,
    call: (store: AnyStore) => Promise<unknown>,
  ) => Promise<boolean>;
  /**
   * Runs the scene with 0, 1, 2 … statements until it answers that the call survived; answers how
   * many crashes there were.
   */
  readonly afterEachStatement: (scene: (statements: number) => Promise<boolean>) => Promise<number>;
}

/** The same suite on every backend; leases run out whenever a process has died. */
export function describeCrashes(title: string, body: (scene: CrashScene) => void): void {
  for (const backend of [embedded, crateBackend()]) {
    describe.skipIf(backend.uri === undefined)(`${title} (${backend.name})`, () => {
      let database: Database | undefined;
      let now = 1_700_000_000_000;

      beforeAll(async () => {
        database = await openDatabase(backend.uri);
        await store().prepare();
      });
      afterAll(async () => {
        await database?.close();
        if (backend.name === 'CrateDB') await dropSchema(backend.uri);
      });

      function context(statements?: number): StoreContext {
        if (database === undefined) throw new Error('The database is not open.');
        const { db } = database;
        return {
          db: statements === undefined ? db : db.withPlugin(new CrashPlugin(statements)),
          workspace: 'default',
          artifactRoot: 'mlflow-artifacts:/',
          truncateLongValues: true,
          now: () => now,
        };
      }

      function store(): Repositories {
        return createRepositories(context(), webhooks);
      }

      body({
        backend,
        store,
        async dies(statements, call) {
          const dying = createRepositories(context(statements), webhooks);
          const { tracking, registry } = dying;
          try {
            await call({ ...tracking, ...registry, ...dying.webhooks.repository });
            return false;
          } catch (error) {
            expect(error).toMatchObject({ message: CrashPlugin.message });
            // Its leases have run out by the time that anybody looks.
            now += 60_000;
            return true;
          }
        },
        async afterEachStatement(scene) {
          for (let statements = 0; statements < MOST_STATEMENTS; statements += 1) {
            if (!(await scene(statements))) return statements;
          }
          throw new Error(`The call takes more than ${String(MOST_STATEMENTS)} statements.`);
        },
      });
    });
  }
}
