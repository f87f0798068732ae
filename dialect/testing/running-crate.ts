/** A CrateDB that answers. */
export interface RunningCrate {
  /** For example `crate://crate@localhost:5432/`. */
  readonly url: string;
  /** Where it came from, for one line to a person. */
  readonly source: string;
  /** Stops what `findCrate` started and removes its data; does nothing to a server it found. */
  stop(): Promise<void>;
}
