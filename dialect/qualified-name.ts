import type { Kysely } from 'kysely';

import { CrateError } from './errors/index.js';

/**
 * The table as the compiler writes it: only that knows the dialect's schema, and what plugins do to
 * names. Sends nothing.
 *
 * @param table may be qualified: `schema.table`
 * @throws CrateError where the dialect is another one
 */
export function qualifiedName<DB>(
  db: Kysely<DB>,
  table: string,
): { readonly schema: string; readonly name: string } {
  // A whole query: `withSchema` leaves raw SQL alone.
  const probing = db as unknown as Kysely<Record<string, object>>;
  const text = probing.selectFrom(table).selectAll().compile().sql;
  const [schema, name] = [...text.matchAll(/"((?:[^"]|"")*)"/g)].map(([, part = '']) =>
    part.replaceAll('""', '"'),
  );
  if (schema === undefined || name === undefined) {
    throw new CrateError('This needs a Kysely made with CrateDialect.');
  }
  return { schema, name };
}
