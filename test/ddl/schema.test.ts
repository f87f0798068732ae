import { describe, expect, it } from 'vitest';

import { tableNames } from '../../ddl/index.js';
import { tableShapes } from '../../ddl/render/table.js';
import { notes } from '../../ddl/schema/notes.js';
import { allStorage } from '../../ddl/storage.js';
import {
  crateType,
  expectedType,
  ownColumns,
  ownTables,
  reference,
  stronger,
  strongerKeys,
} from './reference.js';

const shapes = new Map(tableShapes().map((shape) => [shape.name as string, shape]));

describe('the tables', () => {
  it('are those of the reference and our own', () => {
    expect([...tableNames].sort()).toEqual([...Object.keys(reference), ...ownTables].sort());
  });

  it('are listed under the names they have', () => {
    expect([...shapes.keys()]).toEqual([...tableNames]);
  });

  it.each(Object.keys(reference))('%s: columns, types and key', (name) => {
    const shape = shapes.get(name)!;
    const columns = Object.fromEntries(shape.columns.map((c) => [c.name, crateType(c)]));
    const expected = Object.keys(reference[name]!.columns).map((c) => [c, expectedType(name, c)]);
    expect(columns).toEqual({ ...Object.fromEntries(expected), ...ownColumns[name] });
    // The same columns; where CrateDB routes by one of them, that one goes first (see storage.ts).
    const key = strongerKeys[name] ?? reference[name]!.primaryKey;
    expect([...shape.primaryKey].sort()).toEqual([...key].sort());
  });

  it('say where they are stronger than the reference', () => {
    const differing = [
      ...Object.keys(stronger).map((c) => c.split('.')[0]!),
      ...Object.keys(ownColumns),
      ...ownTables,
    ];
    for (const name of [...differing, ...Object.keys(strongerKeys)]) {
      expect(notes, name).toHaveProperty(name);
    }
  });

  it('all have a primary key', () => {
    for (const { name, primaryKey } of shapes.values()) expect(primaryKey, name).not.toEqual([]);
  });

  it('have indexes with names of their own, none a mere beginning of the primary key', () => {
    const names = [...shapes.values()].flatMap((shape) => shape.indexes.map((index) => index.name));
    expect(new Set(names).size).toBe(names.length);
    for (const { name, indexes, primaryKey } of shapes.values()) {
      for (const { columns } of indexes) {
        expect(primaryKey.slice(0, columns.length), name).not.toEqual(columns);
      }
    }
  });

  it('have defaults where the reference has them', () => {
    const defaults = (name: string) =>
      Object.fromEntries(
        shapes
          .get(name)!
          .columns.flatMap((c) => (c.default === undefined ? [] : [[c.name, c.default]])),
      );
    expect(defaults('webhooks')).toEqual({ status: "'ACTIVE'", workspace: "'default'" });
    expect(defaults('inputs')).toEqual({ step: '0' });
    expect(defaults('endpoints')).toEqual({ usage_tracking: 'false', workspace: "'default'" });
    expect(defaults('registered_models')).toEqual({
      key: 'gen_random_text_uuid()',
      workspace: "'default'",
    });
    for (const [name, { columns }] of Object.entries(reference)) {
      if (!('workspace' in columns)) continue;
      expect(defaults(name), name).toMatchObject({ workspace: "'default'" });
    }
  });
});

describe('storage on CrateDB', () => {
  it('names columns that are there', () => {
    for (const [name, { clusteredBy, largeText }] of Object.entries(allStorage())) {
      const { columns, primaryKey } = shapes.get(name)!;
      const declared = columns.filter((column) => primaryKey.includes(column.name));
      if (clusteredBy !== undefined) expect(declared[0]?.name, name).toBe(clusteredBy);
      for (const large of largeText) {
        expect(columns.find((c) => c.name === large)?.type, `${name}.${large}`).toBe('text');
        expect(primaryKey, name).not.toContain(large);
      }
    }
  });

  it('keeps what belongs to a run together', () => {
    for (const name of ['metrics', 'latest_metrics', 'params', 'tags'] as const) {
      expect(allStorage()[name].clusteredBy).toBe('run_uuid');
    }
  });
});
