import { field } from '../runner.js';

/** A text column of a row of a catalog; empty where it is null. */
export function textOf(row: unknown, name: string): string {
  const value = field(row, name);
  return typeof value === 'string' ? value : '';
}

/** The rows by the text of one of their columns. */
export function groupBy(rows: readonly unknown[], name: string): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const row of rows) {
    const key = textOf(row, name);
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return groups;
}
