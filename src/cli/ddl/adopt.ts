import {
  adoptSchema,
  planAdoption,
  SchemaAdoptError,
  schemaStatus,
  type AdoptedTable,
  type AdoptionPlan,
  type AdoptReport,
} from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { count, say, sayJson } from '../output.js';
import { progressOutput } from '../progress.js';
import { withDatabase } from './database.js';
import { chunkRowsOf, type DdlFlags, type DdlSettings } from './options.js';
import { eventLine } from './output.js';

export function adopt(
  settings: DdlSettings,
  { dropOld = false, chunkRows }: DdlFlags,
): Promise<number> {
  const { json, dryRun } = settings;
  const rows = chunkRowsOf(chunkRows);
  return withDatabase(settings, {}, async ({ database, target }) => {
    if (dryRun) {
      const plan = await planAdoption(database.runner, target);
      if (json) sayJson({ schema: target.schema, ...plan });
      else sayPlan(plan);
      return plan.statements.length === 0 ? DDL_EXIT.inStep : DDL_EXIT.drift;
    }
    const progress = progressOutput(process.stderr, { quiet: json });
    let report: AdoptReport;
    try {
      report = await adoptSchema(database.runner, {
        ...target,
        dropOld,
        chunkRows: rows,
        onEvent: eventLine(json || process.stderr.isTTY),
        onProgress: progress.show,
      });
    } catch (error) {
      if (error instanceof SchemaAdoptError && !json) {
        progress.end();
        sayRefused(error);
      }
      throw error;
    } finally {
      progress.end();
    }
    if (json) sayJson(report);
    else sayReport(report);
    const { state } = await schemaStatus(database.runner, target);
    return state === 'in-step' ? DDL_EXIT.inStep : DDL_EXIT.drift;
  });
}

/** A script with comments: what is done to which table and why, then how. */
function sayPlan({ tables, statements }: AdoptionPlan): void {
  if (statements.length === 0) say('-- nothing to do');
  for (const { table, action, rows, reasons, extraColumns } of tables) {
    say(`-- ${action.padEnd(6)} ${table}: ${count(rows, 'row')}`);
    for (const reason of reasons) say(`--          ${reason}`);
    if (extraColumns.length > 0) say(`--          kept too: ${extraColumns.join(', ')}`);
  }
  if (tables.some(({ action }) => action === 'copy')) {
    say('-- rows are copied in chunks, and again what is written meanwhile, before the names are');
    say('-- swapped; an empty table that was swapped is dropped');
  }
  for (const statement of statements) say(`${statement};`);
}

const COLUMNS: readonly (readonly [string, (table: AdoptedTable) => number | string])[] = [
  ['before', ({ before }) => before],
  ['merged', ({ merged }) => merged],
  ['after', ({ after }) => after],
  ['blocked ms', ({ blockedMs }) => blockedMs],
];

function sayReport(report: AdoptReport): void {
  const { schema, version, tables, duplicateNames, dropped } = report;
  say(line('', 'action', COLUMNS.map(([title]) => title)));
  for (const table of tables) {
    if (table.before === 0 && table.after === 0) continue;
    say(line(table.table, table.action, COLUMNS.map(([, cell]) => String(cell(table)))));
  }
  const empty = tables.filter(({ before, after }) => before === 0 && after === 0);
  if (empty.length > 0) say(`${count(empty.length, 'table')} without rows`);
  for (const { table, extraColumns } of tables) {
    if (extraColumns.length > 0) say(`kept: the columns ${extraColumns.join(', ')} of ${table}`);
  }
  for (const { name, workspace, experimentId, others } of duplicateNames) {
    say(
      `note: the name ${JSON.stringify(name)} (workspace ${workspace}) finds the experiment` +
        ` ${experimentId}, no more ${others.join(', ')}, which ${others.length === 1 ? 'has' : 'have'} it too`,
    );
  }
  const kept = tables.flatMap(({ keptAs }) => (keptAs === undefined ? [] : [keptAs]));
  if (kept.length > 0) {
    say(`kept: ${kept.join(', ')}; drop them by \`ddl adopt --drop-old\``);
  }
  if (dropped.length > 0) say(`dropped: ${dropped.join(', ')}`);
  say(`${schema}: adopted; at version ${String(version)}`);
}

function sayRefused({ refused }: SchemaAdoptError): void {
  for (const { table, key, reason } of refused) {
    process.stderr.write(`refused: ${table} ${JSON.stringify(key)}: ${reason}\n`);
  }
}

function line(name: string, action: string, cells: readonly string[]): string {
  return `${name.padEnd(28)}${action.padEnd(8)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}
