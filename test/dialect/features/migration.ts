import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { expect } from 'vitest';

import { resumable } from '../../../dialect/index.js';
import type { FeatureContext } from './feature.js';
import { type FeatureGroup, passes, spelled } from './feature.js';

/** Tables of its own, and none of them left. */
async function migrating(
  { db, otherSchema }: FeatureContext,
  migrations: Record<string, Migration>,
  run: (migrator: Migrator) => Promise<void>,
): Promise<void> {
  const migrator = new Migrator({
    db,
    migrationTableSchema: otherSchema,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  try {
    await run(migrator);
  } finally {
    const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
    for (const { name, schema } of tables) {
      if (schema === otherSchema && name !== 'place') {
        await sql`drop table if exists ${sql.table(`${otherSchema}.${name}`)}`.execute(db);
      }
    }
  }
}

const empty: Migration = { up: () => Promise.resolve(), down: () => Promise.resolve() };

export const migration: FeatureGroup = {
  group: 'migration',
  features: [
    passes('all that are pending, once', 'migrateToLatest()', (context) => {
      const ran: string[] = [];
      const noting = (name: string): Migration => ({
        up: () => {
          ran.push(name);
          return Promise.resolve();
        },
      });
      return migrating(context, { a: noting('a'), b: noting('b') }, async (migrator) => {
        expect((await migrator.migrateToLatest()).error).toBeUndefined();
        expect((await migrator.migrateToLatest()).results).toEqual([]);
        expect(ran).toEqual(['a', 'b']);
      });
    }),
    passes('one up, one down, to a name', 'migrateUp(), migrateDown(), migrateTo(name)', (context) =>
      migrating(context, { a: empty, b: empty, c: empty }, async (migrator) => {
        const executed = async () =>
          (await migrator.getMigrations()).filter((one) => one.executedAt !== undefined).length;
        await migrator.migrateUp();
        expect(await executed()).toBe(1);
        await migrator.migrateTo('c');
        expect(await executed()).toBe(3);
        await migrator.migrateDown();
        expect(await executed()).toBe(2);
      }),
    ),
    spelled(
      'one that fails leaves nothing half done',
      'Migration in a transaction',
      'resumable({ up: { step: … } }): the next run goes on with the step that failed',
      (context) => {
        const ran: string[] = [];
        let fail = true;
        const step = (name: string) => (_db: Kysely<unknown>) => {
          if (name === 'second' && fail) return Promise.reject(new Error('not yet'));
          ran.push(name);
          return Promise.resolve();
        };
        const up = { first: step('first'), second: step('second') };
        return migrating(context, { a: resumable({ up }) }, async (migrator) => {
          expect((await migrator.migrateToLatest()).error).toBeDefined();
          fail = false;
          expect((await migrator.migrateToLatest()).error).toBeUndefined();
          expect(ran).toEqual(['first', 'second']);
        });
      },
    ),
  ],
};
