/**
 * What a shell sees; docs/command-line.md has them all in one table.
 *
 * 0 is that all is well and 1 any error, whatever the command. 2 is, of a command that compares or
 * copies, that it came to its end and all is not well. `server`, which a service manager starts,
 * tells its errors apart.
 */

/** Of `server`, and of what names no command. */
export const EXIT = {
  ok: 0,
  unforeseen: 1,
  usage: 2,
  database: 3,
  dataFolderInUse: 4,
  address: 5,
} as const;

/** Of every `ddl` command. Drift is also what is pending. */
export const DDL_EXIT = { inStep: 0, error: 1, drift: 2 } as const;

/** Of `import`. */
export const IMPORT_EXIT = { complete: 0, error: 1, rowsMissing: 2 } as const;

/** Of every `webhooks` command. */
export const WEBHOOKS_EXIT = { done: 0, error: 1 } as const;

/** Of wrong options. */
export function usageExit(command: string | undefined): number {
  switch (command) {
    case 'ddl':
      return DDL_EXIT.error;
    case 'import':
      return IMPORT_EXIT.error;
    case 'webhooks':
      return WEBHOOKS_EXIT.error;
    default:
      return EXIT.usage;
  }
}
