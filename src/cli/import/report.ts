import type { ImportReport, TableReport } from '../../import/index.js';
import { count, say } from '../output.js';

type Cell = (table: TableReport) => number | undefined;

const COLUMNS: readonly (readonly [string, Cell])[] = [
  ['source', ({ source, read, merged }) => source ?? read + merged],
  ['written', ({ written }) => written],
  ['same', ({ same }) => same],
  ['replaced', ({ replaced }) => replaced],
  ['kept', ({ kept }) => kept],
  ['merged', ({ merged }) => merged],
  ['missing', ({ missing }) => missing],
  ['target', ({ target }) => target],
];

/** Columns without which a report isn't one. */
const ALWAYS: ReadonlySet<string> = new Set(['source', 'written', 'same', 'missing', 'target']);

/** A table of counts, then what must be known. */
export function sayReport(report: ImportReport): void {
  const { from, to, dryRun, leftOut, notes, missing } = report;
  const tables = report.tables.filter(({ source, read }) => (source ?? read) > 0);
  const columns = dryRun
    ? COLUMNS.slice(0, 1)
    : COLUMNS.filter(
        ([title, cell]) => ALWAYS.has(title) || tables.some((table) => (cell(table) ?? 0) > 0),
      );
  say(`from  ${from}`);
  if (to !== undefined) say(`to    ${to}`);
  say(
    line(
      '',
      columns.map(([title]) => title),
    ),
  );
  for (const table of tables) {
    say(
      line(
        table.table,
        columns.map(([, cell]) => String(cell(table) ?? '')),
      ),
    );
  }
  for (const { table, rejected, refused } of tables) {
    for (const { key, reason } of rejected) say(`refused: ${table} ${key}: ${reason}`);
    const others = refused - rejected.length;
    if (others > 0) say(`refused: ${table}: ${String(others)} more`);
  }
  for (const { table, column, rows } of leftOut) {
    say(
      column === undefined
        ? `not moved: the table ${table}, ${count(rows, 'row')}`
        : `not moved: the column ${table}.${column}, ${count(rows, 'value')}`,
    );
  }
  for (const note of notes) say(`note: ${note}`);
  say('note: artifacts stay where they are, and their URIs as they were');
  if (dryRun) say('nothing was written');
  else say(missing === 0 ? 'all rows are there' : `missing: ${count(missing, 'row')}`);
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join('')}`;
}
