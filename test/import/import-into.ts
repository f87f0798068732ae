import { openDatabase } from '../../src/db/open.js';
import {
  type ImportOptions,
  type ImportReport,
  type ImportSource,
  openSource,
  runImport,
} from '../../src/import/index.js';

/** Imports as the command does; a source that is given opened stays open. */
export async function importInto(
  uri: string,
  from: string | ImportSource,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const source = typeof from === 'string' ? await openSource(from) : from;
  try {
    const database = await openDatabase(uri);
    try {
      return await runImport(source, database, options);
    } finally {
      await database.close();
    }
  } finally {
    if (typeof from === 'string') await source.close();
  }
}

/** What became of the rows, over all tables. */
export function totals({ tables, missing }: ImportReport) {
  const sum = (of: (table: ImportReport['tables'][number]) => number) =>
    tables.reduce((total, table) => total + of(table), 0);
  return {
    read: sum(({ read }) => read),
    written: sum(({ written }) => written),
    same: sum(({ same }) => same),
    replaced: sum(({ replaced }) => replaced),
    kept: sum(({ kept }) => kept),
    missing,
  };
}
