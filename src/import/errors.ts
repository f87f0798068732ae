/** The source can't be read, or isn't what `--from` says. */
export class ImportSourceError extends Error {
  override readonly name = 'ImportSourceError';
}

/**
 * The target has something of the same id or name that is another thing, or the source has two
 * experiments of one name; nothing was written.
 */
export class ImportCollisionError extends Error {
  override readonly name = 'ImportCollisionError';
  readonly collisions: readonly string[];

  constructor(collisions: readonly string[]) {
    const [first = '', ...others] = collisions;
    const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`;
    super(`Nothing was written, as ids and names are kept: ${first}${more}`);
    this.collisions = collisions;
  }
}

/** Rows of the same key stand in the target with other content, and nobody said which is right. */
export class ImportConflictError extends Error {
  override readonly name = 'ImportConflictError';
  readonly table: string;
  /** The keys of the rows that differ, of the batch where the first was met. */
  readonly keys: readonly string[];

  constructor(
    table: string,
    conflicts: readonly { readonly key: string; readonly columns: readonly string[] }[],
  ) {
    const [first] = conflicts;
    const more = conflicts.length > 1 ? `, and ${String(conflicts.length - 1)} more near it` : '';
    super(
      `${table}: the target's row ${first?.key ?? ''} differs from the source in` +
        ` ${first?.columns.join(', ') ?? ''}${more}. --on-conflict replace takes the source's rows,` +
        " --on-conflict skip keeps the target's",
    );
    this.table = table;
    this.keys = conflicts.map(({ key }) => key);
  }
}
