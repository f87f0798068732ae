import { valueAtEnd } from './copy.js';
import { compareTo, isOrdered, rangeOf, whereAll, type CopyShape } from './shape.js';
import { readCount, type AdoptWork } from './work.js';

/** Some rows of a table: those of a condition. */
export interface Part {
  readonly where: string;
  /** How many the table has. */
  readonly rows: number;
}

/**
 * Divides a table into parts of about as many rows as a chunk has, since CrateDB holds all distinct
 * keys of a query in memory. Where one value has more (a run with millions of points), its rows are
 * divided by the next column of the key, and so on.
 */
export function partsOf(
  work: AdoptWork,
  shape: CopyShape,
  table: string,
): AsyncGenerator<Part> {
  const { lead, keyTypes } = shape;
  const others = [...keyTypes.keys()].filter((name) => name !== lead && isOrdered(keyTypes, name));
  return divide(work, shape, table, [], lead === undefined ? [] : [lead, ...others]);
}

async function* divide(
  work: AdoptWork,
  shape: CopyShape,
  table: string,
  fixed: readonly string[],
  [column, ...others]: readonly string[],
): AsyncGenerator<Part> {
  const part = async (...conditions: string[]): Promise<Part> => {
    const where = whereAll([...fixed, ...conditions]);
    const rows = await readCount(work.runner, `SELECT count(*) AS n FROM ${table} ${where}`);
    return { where, rows };
  };
  if (column === undefined) {
    yield await part();
    return;
  }
  let after: string | undefined;
  do {
    const upTo = await valueAtEnd(work, shape, table, column, fixed, after);
    const whole = await part(...rangeOf(shape, column, after, upTo));
    if (upTo !== undefined && whole.rows > 2 * work.chunkRows) {
      const start = rangeOf(shape, column, after, undefined);
      yield await part(...start, compareTo(shape, column, '<', upTo));
      const last = [...fixed, compareTo(shape, column, '=', upTo)];
      yield* divide(work, shape, table, last, others);
    } else {
      yield whole;
    }
    after = upTo;
  } while (after !== undefined);
}
