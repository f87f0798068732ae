import { readFileSync } from 'node:fs';

import { sqlparse } from '@cratedb/cratedb-sqlparse';
import { describe, expect, inject, it } from 'vitest';

import {
  applySchema,
  currentSchema,
  diffSchema,
  isDrift,
  migrateSchema,
  planSchema,
  provision,
  SCHEMA_VERSION,
  SchemaBusyError,
  SchemaMissingError,
  SchemaNewerError,
  type SchemaDefinition,
} from '../../ddl/index.js';
import { readPosition } from '../../ddl/migrations/bring-in-step.js';
import { LeaseLostError, readLease, takeLease } from '../../ddl/migrations/lease.js';
import { planSteps } from '../../ddl/migrations/plan.js';
import { openCrate, openPGlite, withBackend, type Backend } from './backends.js';
import { changes, counting, recordedVersion } from './runners.js';
import { first, newest, withFailingStep } from './synthetic.js';

const crateUrl = inject('crateUrl');
/** Short, so that nobody waits long for one who was killed. */
const leaseMs = 100;

function optionsFor({ engine, schema }: Backend) {
  return { engine, schema, replicas: 0, leaseMs };
}

/** A database of the first version, with rows. */
async function provisionFirst(backend: Backend): Promise<void> {
  await provision(backend, optionsFor(backend), first);
  await backend.query(
    `INSERT INTO "${backend.schema}".thing (id, name) VALUES ('a', 'one'), ('b', 'two')`,
  );
}

async function rowsOf(backend: Backend, select: string, from: string): Promise<unknown[]> {
  const table = `"${backend.schema}"."${from}"`;
  if (backend.engine === 'cratedb') await backend.query(`REFRESH TABLE ${table}`);
  const { rows } = await backend.query(`SELECT ${select} FROM ${table} ORDER BY 1`);
  return rows;
}

async function expectNewest(backend: Backend, definition = newest): Promise<void> {
  const drift = (await diffSchema(backend, optionsFor(backend), definition)).filter((change) =>
    isDrift([change]),
  );
  expect(drift.filter(({ kind }) => kind !== 'extra-table')).toEqual([]);
  expect(await recordedVersion(backend)).toBe(definition.migrations.length + 1);
}

async function expectMigratedRows(backend: Backend): Promise<void> {
  expect(await rowsOf(backend, 'id, name, upper_name', 'thing')).toEqual([
    { id: 'a', name: 'one', upper_name: 'ONE' },
    { id: 'b', name: 'two', upper_name: 'TWO' },
  ]);
  expect(await rowsOf(backend, 'thing_id, id, body', 'note')).toEqual([
    { thing_id: 'a', id: 'first', body: 'ONE' },
    { thing_id: 'b', id: 'first', body: 'TWO' },
  ]);
}

function suite(open: () => Promise<Backend>): void {
  const onBackend = (work: (backend: Backend) => Promise<void>) => () => withBackend(open, work);

  it(
    'brings a database of the first version to the newest, and says what it did',
    onBackend(async (backend) => {
      const options = optionsFor(backend);
      await provisionFirst(backend);
      const planned = await planSchema(backend, { ...options, migrationsOnly: true }, newest);
      const events: string[] = [];
      const onEvent = ({ kind, text }: { kind: string; text: string }) => {
        if (kind !== 'statement') events.push(text);
      };
      const done = await migrateSchema(backend, { ...options, onEvent }, newest);
      expect(done).toEqual({ from: 1, to: 3, statements: planned });
      expect(events).toEqual([
        'create table note',
        'add column thing.upper_name',
        ...(backend.engine === 'postgres' ? ['create index index_thing_upper_name'] : []),
        'fill thing.upper_name',
        'recorded version 2',
        'add column note.large',
        'a note for each thing',
        'recorded version 3',
      ]);
      await expectNewest(backend);
      await expectMigratedRows(backend);
      const again = counting(backend);
      expect(await migrateSchema(again, options, newest)).toBeUndefined();
      expect(again.sent).toHaveLength(1);
      const provisioned = counting(backend);
      expect(await provision(provisioned, options, newest)).toBeUndefined();
      expect(provisioned.sent).toHaveLength(2);
    }),
  );

  it(
    'gives a new database the newest tables at once',
    onBackend(async (backend) => {
      const done = await provision(backend, optionsFor(backend), newest);
      expect(done).toMatchObject({ from: undefined, to: 3 });
      expect(done?.statements.filter((statement) => /ALTER|note.*SELECT/.test(statement))).toEqual(
        [],
      );
      await expectNewest(backend);
    }),
  );

  it.each([
    ['new', false],
    ['of the first version', true],
  ])('is completed by the next, after whichever statement it was killed: %s', (_, migrates) =>
    withBackend(open, async (backend) => {
      const attempt = async (schema: string, killedBefore: number) => {
        const place = { ...backend, schema };
        if (migrates) await provisionFirst(place);
        const runner = counting(backend, killedBefore);
        const options = { ...optionsFor(place), leaseMs: 60_000 };
        const survived = await provision(runner, options, newest).then(
          () => true,
          (error: unknown) => (expect((error as Error).message).toBe('killed'), false),
        );
        // As if the lease had run out.
        await provision(backend, { ...options, force: true }, newest);
        await expectNewest(place);
        if (migrates) await expectMigratedRows(place);
        for (const name of ['thing', 'note', 'schema_version', 'schema_migration']) {
          await backend.query(`DROP TABLE "${schema}"."${name}"`);
        }
        return { survived, statements: runner.sent.length };
      };
      const whole = await attempt(`${backend.schema}_whole`, Infinity);
      expect(whole.statements).toBeGreaterThan(migrates ? 22 : 12);
      const points = Array.from({ length: whole.statements }, (_value, index) => index);
      const next = async (): Promise<void> => {
        for (let point = points.shift(); point !== undefined; point = points.shift()) {
          const { survived } = await attempt(`${backend.schema}_${point}`, point);
          // The lease that is given back last needs not be.
          expect(survived, `killed before statement ${point}`).toBe(
            point === whole.statements - 1,
          );
        }
      };
      await Promise.all(Array.from({ length: 4 }, next));
    }),
  );

  it(
    'does each step once, however many call it together',
    onBackend(async (backend) => {
      const options = { ...optionsFor(backend), leaseMs: 10_000 };
      await provisionFirst(backend);
      const runners = Array.from({ length: 10 }, () => counting(backend));
      await Promise.all(runners.map((runner) => provision(runner, options, newest)));
      const sent = runners.flatMap((runner) => changes(runner.sent));
      for (const once of [/^CREATE TABLE .*"note"/, /^ALTER TABLE .*"upper_name"/, /^UPDATE .*upper\(/]) {
        expect(sent.filter((statement) => once.test(statement))).toHaveLength(1);
      }
      await expectNewest(backend);
      await expectMigratedRows(backend);
    }),
  );

  it(
    'goes on with the step that failed',
    onBackend(async (backend) => {
      const options = optionsFor(backend);
      await provisionFirst(backend);
      let broken = true;
      const definition = withFailingStep(() => broken);
      await expect(provision(backend, options, definition)).rejects.toThrow(/no_such_column/);
      expect(await recordedVersion(backend)).toBe(2);
      // The lease was given back: nobody waits for it.
      expect(await readLease(backend, options)).toMatchObject({ owner: '', version: 3, step: 1 });
      broken = false;
      const done = await provision(backend, { ...options, leaseMs: 60_000 }, definition);
      expect(done?.statements.some((statement) => /upper\(/.test(statement))).toBe(false);
      await expectNewest(backend);
      await expectMigratedRows(backend);
    }),
  );

  it(
    'lets one hold the lease, and tells the one who lost it',
    onBackend(async (backend) => {
      const options = optionsFor(backend);
      await provision(backend, options, first);
      const leases = await Promise.all(
        Array.from({ length: 10 }, () =>
          takeLease(backend, options, { leaseMs: 60_000, force: false }),
        ),
      );
      const [holder, ...others] = leases.filter((lease) => lease !== undefined);
      expect(others).toEqual([]);
      expect(await readLease(backend, options)).toMatchObject({
        owner: expect.stringContaining(`:${process.pid}:`),
      });
      await holder!.progress({ version: 2, step: 1 });

      const busy = provision(backend, { ...options, waitMs: 0 }, newest);
      await expect(busy).rejects.toThrow(SchemaBusyError);

      const taker = await takeLease(backend, options, { leaseMs: 60_000, force: true });
      await expect(holder!.progress({ version: 2, step: 2 })).rejects.toThrow(LeaseLostError);
      // What is not his any more he doesn't give back.
      await holder!.release();
      const standing = await readLease(backend, options);
      expect(standing).toMatchObject({ version: 2, step: 1 });
      expect(standing?.owner).not.toBe('');
      await taker!.release();
      expect(await readLease(backend, options)).toMatchObject({ owner: '', remainingMs: 0 });
    }),
  );

  it(
    'prolongs the lease while a statement takes its time',
    onBackend(async (backend) => {
      const options = optionsFor(backend);
      await provisionFirst(backend);
      const slow = {
        execute: async (statement: string) => {
          if (/^UPDATE .*upper\(/.test(statement)) {
            await new Promise((resolve) => setTimeout(resolve, 5 * leaseMs));
          }
          return backend.execute(statement);
        },
      };
      const other = counting(backend);
      await Promise.all([
        provision(slow, options, newest),
        new Promise((resolve) => setTimeout(resolve, leaseMs)).then(() =>
          provision(other, options, newest),
        ),
      ]);
      expect(other.sent.filter((statement) => /upper\(/.test(statement))).toEqual([]);
      await expectMigratedRows(backend);
    }),
  );

  it(
    'works with tables of a later version, and does not change them',
    onBackend(async (backend) => {
      const options = optionsFor(backend);
      await provision(backend, options, newest);
      expect(await provision(backend, options, first)).toBeUndefined();
      for (const refusing of [
        () => migrateSchema(backend, options, first),
        () => applySchema(backend, options, first),
        () => planSchema(backend, options, first),
      ]) {
        await expect(refusing()).rejects.toThrow(SchemaNewerError);
      }
      await backend.query(`DROP TABLE "${backend.schema}".thing`);
      await expect(provision(backend, options, first)).rejects.toThrow(
        /is at version 3, and this program knows up to 1/,
      );
    }),
  );

  it(
    'migrates nothing where nothing was provisioned',
    onBackend(async (backend) => {
      await expect(migrateSchema(backend, optionsFor(backend), newest)).rejects.toThrow(
        SchemaMissingError,
      );
    }),
  );

  it(
    'plans what it then does, and plans nothing when in step',
    onBackend(async (backend) => {
      const options = optionsFor(backend);
      const planned = await planSchema(backend, options, newest);
      if (backend.engine === 'cratedb') expect(planned.flatMap(syntaxErrors)).toEqual([]);
      const done = await provision(backend, options, newest);
      expect(done?.statements).toEqual(planned);
      expect(await planSchema(backend, options, newest)).toEqual([]);
    }),
  );

  it(
    'brings the tables of version 1, as first made, to those of today',
    onBackend(async (backend) => {
      const { engine, schema } = backend;
      await makeVersion1(backend);
      const definition = currentSchema();
      // A table that no migration makes would be made all the same, but on no condition that was
      // thought about: let it be a step of a migration.
      const target = { engine, schema };
      const steps = planSteps(definition, await readPosition(backend, target), target);
      const unforeseen = steps.flatMap(({ about, progress }) =>
        progress === undefined ? [about] : [],
      );
      expect(unforeseen).toEqual(['create table schema_migration']);
      await provision(backend, { ...optionsFor(backend), shards: 1 });
      const left = (await diffSchema(backend, optionsFor(backend))).filter((change) =>
        isDrift([change]),
      );
      expect(left.map(({ message }) => message)).toEqual([]);
      expect(await recordedVersion(backend)).toBe(SCHEMA_VERSION);
      const { rows } = await backend.query(`SELECT name FROM "${schema}".workspaces`);
      expect(rows).toEqual([{ name: 'kept' }]);
    }),
  );

  it(
    'completes the real tables too',
    onBackend(async (backend) => {
      const options = { ...optionsFor(backend), shards: 1 };
      for (const killedBefore of [3, 9, 47]) {
        const killed = provision(counting(backend, killedBefore), options);
        await expect(killed).rejects.toThrow('killed');
      }
      await provision(backend, options);
      expect((await diffSchema(backend, options)).map(({ message }) => message)).toEqual([]);
    }),
  );
}

/** What the first version made, with a row in it. */
async function makeVersion1(backend: Backend): Promise<void> {
  const { engine, schema } = backend;
  const file = new URL(`fixtures/0001_${engine}.sql`, import.meta.url);
  const script = readFileSync(file, 'utf8').replaceAll('"mlflow"', `"${schema}"`);
  const statements = script
    .replace(/^--.*$/gm, '')
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  for (const statement of statements) await backend.execute(statement);
  await backend.query(
    `INSERT INTO "${schema}".schema_version (component, version, applied_at) VALUES ('tables', 1, 1)`,
  );
  await backend.query(`INSERT INTO "${schema}".workspaces (name) VALUES ('kept')`);
  if (engine === 'cratedb') {
    await backend.query(`REFRESH TABLE "${schema}".workspaces, "${schema}".schema_version`);
  }
}

function syntaxErrors(text: string): string[] {
  return sqlparse(text).flatMap((statement) => {
    const exception: unknown = statement.exception;
    return exception instanceof Error ? [`${exception.message}: ${text}`] : [];
  });
}

describe('migrations', () => {
  const definition: SchemaDefinition = currentSchema();

  it('are numbered from 2 on without a gap', () => {
    const versions = definition.migrations.map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => index + 2));
    expect(SCHEMA_VERSION).toBe(versions.length + 1);
  });

  it('add no column that rows must have', () => {
    for (const { steps } of [...definition.migrations, ...newest.migrations]) {
      expect(steps).not.toEqual([]);
      for (const step of steps) {
        if (step.kind !== 'add-column') continue;
        expect(step.column, step.column.name).toMatchObject({ notNull: false });
        expect(step.column, step.column.name).not.toHaveProperty('generated');
      }
    }
  });
});

describe('migrating (PGlite)', () => {
  suite(openPGlite);
});

describe.skipIf(crateUrl === undefined)('migrating (CrateDB)', () => {
  suite(() => openCrate(crateUrl!));
});
