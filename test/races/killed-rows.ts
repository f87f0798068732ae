import type { Kysely } from 'kysely';
import { expect } from 'vitest';

import type { DB } from '../../ddl/types.js';
import type { NameRow } from '../../src/store/registry/names.js';
import { TENURE_TABLES } from '../../src/store/registry/rows.js';

type TenureTable = (typeof TENURE_TABLES)[number];

/** All rows of the registry's tables, whoever may see them. */
export interface ModelRows {
  /** Under the name are these rows of the model that bears it, and no others. */
  readonly expectWhole: (name: string, counts: Partial<Record<TenureTable, number>>) => void;
  /** Nothing is left under the name, and anybody may take it. */
  readonly expectFree: (name: string) => void;
}

export async function readModelRows(db: Kysely<DB>): Promise<ModelRows> {
  const [names, sequences, ...tables] = await Promise.all([
    db.selectFrom('registered_model_names').selectAll().execute(),
    db.selectFrom('sequences').select('name').where('name', 'like', 'model-versions:%').execute(),
    ...TENURE_TABLES.map((table) => db.selectFrom(table).select(['name', 'generation']).execute()),
  ]);
  const byName = new Map((names as NameRow[]).map((row) => [row.name, row]));
  const counted = new Set(sequences.map(({ name }) => name));
  const rowsUnder = (name: string) =>
    Object.fromEntries(
      TENURE_TABLES.map((table, index) => [
        table,
        (tables[index] ?? [])
          .filter((row) => row.name === name)
          .map(({ generation }) => Number(generation)),
      ]),
    );
  return {
    expectWhole(name, counts) {
      const row = byName.get(name);
      expect(row).toMatchObject({ state: 'live', peer: null, peer_generation: null });
      const expected = TENURE_TABLES.map((table) => [
        table,
        Array.from({ length: counts[table] ?? 0 }, () => Number(row?.generation)),
      ]);
      expect(rowsUnder(name)).toEqual(Object.fromEntries(expected));
      expect(counted).toContain(`model-versions:${row?.model_id ?? ''}`);
    },
    expectFree(name) {
      const row = byName.get(name);
      // A name that nobody has taken has no row.
      if (row !== undefined) expect(row.state).toBe('free');
      expect(rowsUnder(name)).toEqual(
        Object.fromEntries(TENURE_TABLES.map((table) => [table, []])),
      );
      const isBorneElsewhere = [...byName.values()].some(
        ({ model_id, state }) => model_id === row?.model_id && state === 'live',
      );
      const sequence = `model-versions:${row?.model_id ?? ''}`;
      if (!isBorneElsewhere) expect(counted).not.toContain(sequence);
    },
  };
}

/** The things that a change was begun of, and not finished: the work of whoever comes next. */
export async function readUnfinished(db: Kysely<DB>): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('intents')
    .select('intent_id')
    .where('kind', '!=', 'done')
    .execute();
  return new Set(rows.map(({ intent_id }) => intent_id));
}
