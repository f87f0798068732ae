import { type Database, openDatabase } from '../../db/index.js';
import {
  countSource,
  type ImportReport,
  type ImportSource,
  openSource,
  runImport,
} from '../../import/index.js';
import { IMPORT_EXIT } from '../exit-codes.js';
import { Failure, messageOf, storeFailure } from '../failure.js';
import { sayJson } from '../output.js';
import { progressOutput } from '../progress.js';
import { sayReport } from './report.js';
import type { ImportSettings } from './settings.js';

/** Copies, and says what became of every table; answers the exit code. */
export async function importInstallation(settings: ImportSettings): Promise<number> {
  const source = await reading(() => openSource(settings.from));
  try {
    const report = await copy(source, settings);
    if (settings.json) sayJson(report);
    else sayReport(report);
    return report.missing === 0 ? IMPORT_EXIT.complete : IMPORT_EXIT.rowsMissing;
  } finally {
    await source.close();
  }
}

async function copy(source: ImportSource, settings: ImportSettings): Promise<ImportReport> {
  const { uri, onConflict, dryRun, json } = settings;
  const progress = progressOutput(process.stderr, { quiet: json });
  try {
    if (dryRun) return await reading(() => countSource(source));
    const database = await open(uri);
    try {
      return await runImport(source, database, { onConflict, onProgress: progress.show });
    } catch (error) {
      throw ownFailure(error) ?? storeFailure(error, uri, IMPORT_EXIT.error);
    } finally {
      await database.close();
    }
  } finally {
    progress.end();
  }
}

async function open(uri: string | undefined): Promise<Database> {
  try {
    return await openDatabase(uri);
  } catch (error) {
    throw storeFailure(error, uri, IMPORT_EXIT.error);
  }
}

async function reading<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const message = `Cannot read the source: ${messageOf(error)}`;
    throw ownFailure(error) ?? new Failure(message, IMPORT_EXIT.error, { cause: error });
  }
}

/** Of an error that says it all, and by whom, without a prefix. */
function ownFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !/^Import\w+Error$/.test(error.name)) return undefined;
  return new Failure(error.message, IMPORT_EXIT.error, { cause: error });
}
