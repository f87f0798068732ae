/** What the commands say on standard output. */

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One document, for programs. JSON has no bigints: they are text. */
export function sayJson(value: unknown): void {
  say(JSON.stringify(value, exact, 2));
}

function exact(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
