import { type Database, openDatabase } from '../../db/index.js';
import {
  countSource,
  type ImportReport,
  type ImportSource,
  openSource,
  runImport,
} from '../../import/index.js';
import { Failure, storeFailure } from '../failure.js';
import { sayJson } from '../output.js';
import { progressOutput } from '../progress.js';
import { sayReport } from './report.js';
import { IMPORT_EXIT, type ImportSettings } from './settings.js';

/** Copies, and says what became of every table; answers the exit code. */
export async function importInstallation(settings: ImportSettings): Promise<number> {
  const source = await named(() => openSource(settings.from));
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
    if (dryRun) return await named(() => countSource(source));
    const database = await open(uri);
    try {
      return await named(
        () => runImport(source, database, { onConflict, onProgress: progress.show }),
        uri,
      );
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
    throw new Failure(storeFailure(error, uri).message, IMPORT_EXIT.error, { cause: error });
  }
}

/** Whatever goes wrong is one line and exit code 1. */
async function named<Result>(work: () => Promise<Result>, uri?: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isOurs = error instanceof Error && /^Import\w+Error$/.test(error.name);
    const message = isOurs ? error.message : storeFailure(error, uri).message;
    throw new Failure(message, IMPORT_EXIT.error, { cause: error });
  }
}
