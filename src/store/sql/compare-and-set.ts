/** A value that is changed by reading and writing it, while others do the same. */
export interface ChangedValue {
  readonly read: () => Promise<string | undefined>;
  /** The new value; the same as the old one where nothing is to be done. */
  readonly change: (seen: string | undefined) => string;
  /** In one statement: writes the value if `seen` still stands, and answers what stands now. */
  readonly replace: (seen: string | undefined, value: string) => Promise<string | null>;
}

/** Tries until nobody came between: no change of another is lost. */
export async function compareAndSet({ read, change, replace }: ChangedValue): Promise<void> {
  for (;;) {
    const seen = await read();
    const value = change(seen);
    if (value === seen || (await replace(seen, value)) === value) return;
  }
}
