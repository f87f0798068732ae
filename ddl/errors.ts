/** The database's user may not do what provisioning needs. */
export class SchemaPrivilegeError extends Error {
  override readonly name = 'SchemaPrivilegeError';
  /** The privilege that is missing: `DDL` on CrateDB, `CREATE` on PostgreSQL. */
  readonly privilege: string;
  readonly schema: string;

  constructor(privilege: string, schema: string, cause: unknown) {
    super(
      `The user lacks the privilege ${privilege} on the schema "${schema}": grant it, or let` +
        ` another user provision the tables once`,
      { cause },
    );
    this.privilege = privilege;
    this.schema = schema;
  }
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
