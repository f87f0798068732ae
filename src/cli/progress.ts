import { count } from './output.js';

/** How far the rows of a table are. */
export interface Progress {
  readonly table: string;
  readonly rows: number;
  /** Undefined where only reading all of it tells. */
  readonly total: number | undefined;
  readonly done: boolean;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOutput {
  readonly show: (progress: Progress) => void;
  /** Leaves the terminal as it was. */
  end(): void;
}

const BAR = 24;
const REDRAW_MS = 80;

/** A bar that is redrawn in place on a terminal, else a line for each table that is through. */
export function progressOutput(
  output: Output,
  { quiet }: { readonly quiet: boolean },
): ProgressOutput {
  if (output.isTTY !== true) {
    return {
      show: ({ table, rows, done }) => {
        if (done && rows > 0 && !quiet) output.write(`${table}: ${count(rows, 'row')}\n`);
      },
      end: () => undefined,
    };
  }
  let drawnAt = 0;
  return {
    show: (progress) => {
      if (!progress.done && Date.now() - drawnAt < REDRAW_MS) return;
      drawnAt = Date.now();
      output.write(`\r\u001b[2K${barOf(progress).slice(0, (output.columns ?? 80) - 1)}`);
    },
    end: () => {
      output.write('\r\u001b[2K');
    },
  };
}

function barOf({ table, rows, total, done }: Progress): string {
  const share = done ? 1 : total === undefined || total === 0 ? undefined : rows / total;
  const name = table.padEnd(28);
  if (share === undefined) return `${name} ${count(rows, 'row')}`;
  const full = Math.round(Math.min(share, 1) * BAR);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
  return `${name} ${bar} ${String(rows)}${total === undefined ? '' : ` of ${String(total)}`}`;
}
