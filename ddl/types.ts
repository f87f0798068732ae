import type { Kyselify } from 'drizzle-orm/kysely';

import type { tables } from './schema/index.js';

/**
 * Kysely's view of the database: table name to columns, derived from the definitions.
 *
 * Names are unqualified; the dialect puts the schema before them. A BIGINT is `number | bigint`,
 * a generated column can't be written.
 */
export type DB = { [Name in keyof typeof tables]: Kyselify<(typeof tables)[Name]> };
