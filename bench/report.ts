import { cpus, totalmem } from 'node:os';

import type { Case } from './cases.ts';
import type { CaseResult } from './measure.ts';
import type { RetryResult } from './retry.ts';
import type { StartUpResult } from './start-up.ts';

export interface EngineReport {
  readonly title: string;
  readonly cases: readonly { readonly case: Case; readonly result: CaseResult }[];
  readonly retry: RetryResult | undefined;
  readonly startUp: StartUpResult | undefined;
}

type Table = readonly (readonly string[])[];

/** Markdown, which a terminal shows well enough too. */
export function renderReport(report: EngineReport): string {
  const parts = [`## ${report.title}`, renderTable(caseTable(report))];
  if (report.retry !== undefined) parts.push(retryLine(report.retry));
  if (report.startUp !== undefined) parts.push(renderTable(startUpTable(report.startUp)));
  return parts.join('\n\n');
}

function caseTable({ cases }: EngineReport): Table {
  return [
    ['ms a call', 'by hand', 'in process', '×', 'HTTP', '×', '+ ms', 'statements', 'by hand'],
    ...cases.map(({ case: { name, targets, single }, result }) => {
      const byHand = result['hand-written'];
      const inProcess = result['in process'];
      const http = result.HTTP;
      const aim = (target: number | undefined) => (target === undefined ? '' : ` (≤ ${target})`);
      return [
        name,
        byHand.ms.toFixed(2),
        inProcess.ms.toFixed(2),
        (inProcess.ms / byHand.ms).toFixed(2) + aim(targets?.inProcess),
        http.ms.toFixed(2),
        (http.ms / byHand.ms).toFixed(2) + aim(targets?.http),
        single ? (http.ms - byHand.ms).toFixed(2) : '',
        count(inProcess.statements),
        count(byHand.statements),
      ];
    }),
  ];
}

function retryLine({ short, long }: RetryResult): string {
  return (
    `A batch of 1,000 metrics sent again: ${short.ms.toFixed(1)} ms at ` +
    `${grouped(short.points)} points of history, ${long.ms.toFixed(1)} ms at ` +
    `${grouped(long.points)}: ${(long.ms / short.ms).toFixed(2)} × (≤ 1.2)`
  );
}

function startUpTable({ first, later, memory }: StartUpResult): Table {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  return [
    ['server', 'first answer of /health', 'of experiments/search', 'memory at rest'],
    ['first start, tables made', seconds(first.health), seconds(first.search), ''],
    [
      'later start',
      seconds(later.health),
      seconds(later.search),
      `${Math.round(memory / 1_048_576)} MiB`,
    ],
  ];
}

function renderTable([head = [], ...rows]: Table): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0), 3),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** What the figures depend on, and nothing that names a machine. */
export function environment(): Readonly<Record<string, string>> {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 1_073_741_824)} GiB`,
    node: process.versions.node,
  };
}

function count(statements: number | undefined): string {
  if (statements === undefined) return '';
  return Number.isInteger(statements) ? String(statements) : statements.toFixed(1);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
