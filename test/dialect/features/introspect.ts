import { sql } from 'kysely';
import { expect } from 'vitest';

import { type FeatureGroup, passes } from './feature.js';

export const introspect: FeatureGroup = {
  group: 'introspect',
  features: [
    passes('schemas', 'introspection.getSchemas()', async ({ db, schema }) => {
      const schemas = await db.introspection.getSchemas();
      expect(schemas.map(({ name }) => name)).toEqual(expect.arrayContaining([schema, 'sys']));
    }),
    passes('tables and their columns', 'introspection.getTables()', async ({ db, schema }) => {
      const tables = await db.introspection.getTables();
      const person = tables.find((table) => table.schema === schema && table.name === 'person');
      expect(person).toMatchObject({ isView: false });
      expect(person?.columns.find(({ name }) => name === 'id')).toMatchObject({
        isNullable: false,
        isAutoIncrementing: false,
      });
    }),
    passes('views', 'introspection.getTables()', async ({ db, schema }) => {
      await sql`create or replace view ${sql.table('introspected')} as select 1 as one`.execute(db);
      try {
        const tables = await db.introspection.getTables();
        const view = tables.find((table) => table.schema === schema && table.name === 'introspected');
        expect(view).toMatchObject({ isView: true, columns: [{ name: 'one', dataType: 'integer' }] });
      } finally {
        await db.schema.dropView('introspected').execute();
      }
    }),
  ],
};
