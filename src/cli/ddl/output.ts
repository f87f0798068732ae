import type { SchemaChange, SchemaEvent } from '../../../ddl/index.js';
import { count, say, sayJson } from '../output.js';

/** The statements as a script that can be run as it is. */
export function sayStatements(statements: readonly string[]): void {
  for (const statement of statements) say(`${statement};`);
}

/** What a dry run would execute. */
export function sayPlan(json: boolean, schema: string, statements: readonly string[]): void {
  if (json) sayJson({ schema, statements });
  else sayStatements(statements);
}

/**
 * One line a difference: `drift` is what `ddl apply` mends, an `error` or a `warning` what it leaves
 * to a person, with one more line for what to do; the notes of all tables in one.
 */
export function sayChanges(changes: readonly SchemaChange[]): void {
  for (const { severity, message, safe, advice } of changes) {
    if (severity === 'note') continue;
    say(`${(safe ? 'drift' : severity).padEnd(7)} ${message}`);
    if (advice !== undefined) say(`        by hand: ${advice}`);
  }
  const notes = changes.filter(({ severity }) => severity === 'note');
  if (notes.length > 0) {
    const kinds = [...new Set(notes.map(({ kind }) => kind))].join(', ');
    say(`${count(notes.length, 'note')} on what is yours to choose (${kinds}): --json shows them`);
  }
}

/** A line for each step, as it begins; nothing where the output is for a program. */
export function eventLine(json: boolean): (event: SchemaEvent) => void {
  return ({ kind, text }) => {
    if (!json && kind !== 'statement') say(text);
  };
}
