import { describe, expect, inject, it } from 'vitest';

import { dropSchema, provision, schemaStatus, tableNames } from '../../ddl/index.js';
import { takeLease } from '../../ddl/migrations/lease.js';
import { openCrate, openPGlite, tablesOf, withBackend, type Backend } from './backends.js';
import { counting } from './runners.js';
import { first, newest } from './synthetic.js';

const crateUrl = inject('crateUrl');

function suite(open: () => Promise<Backend>): void {
  it('tells the state, what is pending and who is at work', () =>
    withBackend(open, async (backend) => {
      const { engine, schema } = backend;
      const options = { engine, schema, replicas: 0, leaseMs: 60_000 };
      const status = (definition = newest) => schemaStatus(backend, options, definition);

      expect(await status()).toEqual({
        schema,
        state: 'absent',
        recordedVersion: undefined,
        knownVersion: 3,
        appliedAt: undefined,
        pending: [],
        tables: { expected: 2, present: 0, missing: ['thing', 'note'], others: [] },
        lease: undefined,
      });

      // Killed when it had made its first table.
      const killed = provision(counting(backend, engine === 'cratedb' ? 13 : 12), options, newest);
      await expect(killed).rejects.toThrow('killed');
      expect(await status()).toMatchObject({
        state: 'partial',
        recordedVersion: undefined,
        tables: { present: 1, missing: ['note'] },
        lease: { owner: expect.stringContaining(String(process.pid)) },
      });

      const before = Date.now();
      await provision(backend, { ...options, force: true }, newest);
      const after = await status();
      expect(after).toMatchObject({ state: 'in-step', recordedVersion: 3, lease: undefined });
      expect(Math.abs((after.appliedAt ?? 0) - before)).toBeLessThan(60_000);
      expect(await status(first)).toMatchObject({ state: 'ahead', knownVersion: 1 });
      expect((await status(first)).tables.others).toEqual(['note']);

      await backend.query(`DROP TABLE "${schema}".note`);
      expect(await status()).toMatchObject({ state: 'partial', recordedVersion: 3 });

      await backend.query(
        `UPDATE "${schema}".schema_version SET version = 1 WHERE component = 'tables'`,
      );
      expect(await status()).toMatchObject({
        state: 'behind',
        pending: [
          { version: 2, name: 'notes, and names in upper case' },
          { version: 3, name: 'large texts of notes' },
        ],
      });

      const lease = await takeLease(backend, options, { leaseMs: 60_000, force: false });
      const { lease: standing } = await status();
      expect(standing?.remainingMs).toBeGreaterThan(0);
      expect(standing?.remainingMs).toBeLessThanOrEqual(60_000);
      await lease?.release();
      expect((await status()).lease).toBeUndefined();
    }));

  it('drops its own tables and no others', () =>
    withBackend(open, async (backend) => {
      const { engine, schema } = backend;
      const options = { engine, schema, shards: 1, replicas: 0 };
      await provision(backend, options);
      await backend.query(
        `CREATE TABLE "${schema}".mine (id TEXT PRIMARY KEY)` +
          (engine === 'cratedb' ? ' CLUSTERED INTO 1 SHARDS' : ''),
      );
      if (engine === 'cratedb') {
        await backend.query(`ALTER TABLE "${schema}".tags SET ("blocks.read_only" = true)`);
        await expect(dropSchema(backend, options)).rejects.toThrow(/tags is read-only/);
        expect(await tablesOf(backend)).toHaveLength(tableNames.length + 1);
        await backend.query(`ALTER TABLE "${schema}".tags RESET ("blocks.read_only")`);
      }
      const statements = await dropSchema(backend, options);
      expect(statements).toHaveLength(tableNames.length);
      expect(await tablesOf(backend)).toEqual(['mine']);
      expect(await schemaStatus(backend, options)).toMatchObject({ state: 'absent' });
      expect(await dropSchema(backend, options)).toHaveLength(tableNames.length);
    }));
}

describe('status and drop (PGlite)', () => {
  suite(openPGlite);
});

describe.skipIf(crateUrl === undefined)('status and drop (CrateDB)', () => {
  suite(() => openCrate(crateUrl!));
});
