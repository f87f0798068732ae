/** Rows of cells, the first of which is the header. */
export type Table = readonly (readonly string[])[];

export function table([header = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
