import type { SchemaChange } from './diff/change.js';
import type { SchemaTarget } from './target.js';

/** The database's user may not do what provisioning needs. */
export class SchemaPrivilegeError extends Error {
  override readonly name = 'SchemaPrivilegeError';
  /**
   * The privilege that is missing: on CrateDB `DDL`, or `DQL` where not even the tables are seen, on
   * PostgreSQL `CREATE`.
   */
  readonly privilege: string;
  readonly schema: string;

  constructor(privilege: string, schema: string, cause: unknown) {
    super(
      `The user lacks the privilege ${privilege} on the schema "${schema}": grant it,` +
        (privilege === 'DQL'
          ? ' without it the tables are not seen'
          : ' or let another user provision the tables once'),
      { cause },
    );
    this.privilege = privilege;
    this.schema = schema;
  }
}

/** A table, or the whole cluster, takes no writes. */
export class SchemaReadOnlyError extends Error {
  override readonly name = 'SchemaReadOnlyError';
  readonly schema: string;

  constructor(schema: string, cause: unknown, table?: string) {
    const told = cause instanceof Error ? cause.message : '';
    const named = /relation "([^"]+)"/.exec(told)?.[1];
    const found = table === undefined ? named : `${schema}.${table}`;
    super(
      `${found === undefined ? `The schema "${schema}"` : `The table ${found}`} is read-only:` +
        ' lift the block ("blocks.read_only" of the table, a full disk, or the cluster\'s own),' +
        ' then try again',
      { cause },
    );
    this.schema = schema;
  }
}

/** The database was made by a later version of this package. */
export class SchemaNewerError extends Error {
  override readonly name = 'SchemaNewerError';
  readonly recorded: number;
  readonly known: number;

  constructor(schema: string, recorded: number, known: number) {
    super(
      `The schema "${schema}" is at version ${String(recorded)}, and this program knows up to` +
        ` ${String(known)}: use the program that made it, or a later one`,
    );
    this.recorded = recorded;
    this.known = known;
  }
}

/** There is nothing to migrate: no version is recorded. */
export class SchemaMissingError extends Error {
  override readonly name = 'SchemaMissingError';

  constructor(schema: string) {
    super(`The schema "${schema}" records no version: provision it first (ddl apply)`);
  }
}

/** There are tables of our names that are not ours. */
export class SchemaMismatchError extends Error {
  override readonly name = 'SchemaMismatchError';
  readonly schema: string;
  /** All that keeps us from using them. */
  readonly changes: readonly SchemaChange[];

  constructor(schema: string, changes: readonly SchemaChange[], advice?: string) {
    const [first, ...others] = changes;
    const more = others.length === 0 ? '' : ` (and ${String(others.length)} more, see ddl diff)`;
    super(
      `The schema "${schema}" holds tables that this program did not make:` +
        ` ${first?.message ?? ''}${more}${advice === undefined ? '' : `; ${advice}`}`,
    );
    this.schema = schema;
    this.changes = changes;
  }
}

/** The tables of another program are being taken over, and it has not come to its end. */
export class SchemaAdoptionPendingError extends Error {
  override readonly name = 'SchemaAdoptionPendingError';
  readonly schema: string;

  constructor(schema: string) {
    super(
      `The tables of the schema "${schema}" are half adopted: \`mlflow-cratedb ddl adopt\` goes on` +
        ' where it was stopped',
    );
    this.schema = schema;
  }
}

/** Rows that can't be taken over as they are. */
export interface RefusedRow {
  readonly table: string;
  /** The values of the primary key by its columns. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** Tables can't be taken over; what is said to be refused is still where it was. */
export class SchemaAdoptError extends Error {
  override readonly name = 'SchemaAdoptError';
  readonly schema: string;
  /** Those that were looked at, a hundred at most. */
  readonly refused: readonly RefusedRow[];

  constructor(schema: string, message: string, refused: readonly RefusedRow[] = []) {
    super(`The tables of the schema "${schema}" are not adopted: ${message}`);
    this.schema = schema;
    this.refused = refused;
  }
}

/** Another process is still at work on the tables. */
export class SchemaBusyError extends Error {
  override readonly name = 'SchemaBusyError';
  readonly owner: string;

  constructor(schema: string, owner: string) {
    super(`${owner} is still at work on the tables of "${schema}": try again later`);
    this.owner = owner;
  }
}

/** What was wrong, as one of the classes above where it is one of them. */
export function schemaError(
  error: unknown,
  engine: SchemaTarget['engine'],
  schema: string,
): unknown {
  const privilege = missingPrivilege(error, engine);
  if (privilege !== undefined) return new SchemaPrivilegeError(privilege, schema, error);
  if (isReadOnly(error)) return new SchemaReadOnlyError(schema, error);
  return error;
}

const READ_ONLY = '25006';

/** Whether the database says that nothing can be written. */
export function isReadOnly(error: unknown): boolean {
  for (const { sqlState, message } of causes(error)) {
    if (sqlState === READ_ONLY) return true;
    // CrateDB has no code for it.
    // https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html
    if (/doesn't support or allow [\w ]+ operations|FORBIDDEN/.test(message)) return true;
  }
  return false;
}

/** The error and what it was made from, outermost first: drivers and dialects wrap each other's. */
export function* causes(error: unknown): Generator<{ sqlState: unknown; message: string }> {
  for (let current = error; current instanceof Error; current = current.cause) {
    // `code` is the driver's name for it, `sqlstate` the dialect's.
    const { code, sqlstate } = current as { code?: unknown; sqlstate?: unknown };
    yield { sqlState: code ?? sqlstate, message: current.message };
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';
const UNKNOWN_SCHEMA = '3F000';

/** The privilege that the database says is missing, or undefined if it says something else. */
export function missingPrivilege(
  error: unknown,
  engine: 'cratedb' | 'postgres',
): string | undefined {
  for (const { sqlState, message } of causes(error)) {
    const named = /Missing '(\w+)' privilege/.exec(message)?.[1];
    if (named !== undefined) return named;
    if (sqlState === INSUFFICIENT_PRIVILEGE) return engine === 'cratedb' ? 'DDL' : 'CREATE';
    // Who has no privilege at all on a schema is told that there is none; but CREATE TABLE makes a
    // schema that is missing, so here it can't mean that.
    if (engine === 'cratedb' && sqlState === UNKNOWN_SCHEMA) return 'DDL';
  }
  return undefined;
}
