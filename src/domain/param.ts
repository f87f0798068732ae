/** A run's input, written once: it can be logged again with the same value only. */
export interface Param {
  readonly key: string;
  readonly value: string;
}
