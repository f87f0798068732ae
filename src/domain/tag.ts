/** A free key and value on an experiment, a run or an input. A key set again has the new value. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}
