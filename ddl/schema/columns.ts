import { sql } from 'drizzle-orm';
import { customType, pgSchema, varchar } from 'drizzle-orm/pg-core';

/** The schema the definitions name; the renderers write another where they are told to. */
export const mlflow = pgSchema('mlflow');

/**
 * BIGINT, read as a number where that is exact and as a bigint beyond 2^53 - 1.
 *
 * drizzle's own `bigint()` makes one choose: rounded in silence, or a bigint for every timestamp.
 */
export const int64 = customType<{ data: number | bigint }>({ dataType: () => 'bigint' });

/**
 * A JSON object of any shape: OBJECT(IGNORED) on CrateDB, jsonb on PostgreSQL.
 *
 * Not OBJECT(DYNAMIC), as in the schema this follows: there the first row fixes the type of each
 * key for all rows (`{x: 1}`, then `{x: 'a'}` is refused), and a key with a dot, such as
 * `mlflow.llm.model`, is refused always. Both kinds are read by subscript: `inputs['question']`.
 */
export const object = customType<{ data: Record<string, unknown> }>({ dataType: () => 'jsonb' });

/** The workspace a row belongs to. */
export const workspaceName = () => varchar({ length: 63 }).notNull().default('default');

/** CrateDB's name of the function; the renderer for PostgreSQL knows its equivalent. */
export const randomTextUuid = sql`gen_random_text_uuid()`;
