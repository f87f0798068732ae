import { toDate } from '../values/date.js';
import { toJson } from '../values/json.js';

/**
 * A place on earth as a parameter. Each transport spells it in its own way: the PostgreSQL wire as
 * `(longitude,latitude)`, HTTP as an array.
 */
export class GeoPointParameter {
  readonly #x: number;
  readonly #y: number;

  constructor(x: number, y: number) {
    this.#x = x;
    this.#y = y;
  }

  /** Asked for by `pg`. */
  toPostgres(): string {
    return `(${this.#x},${this.#y})`;
  }

  toJSON(): [number, number] {
    return [this.#x, this.#y];
  }
}

/** An array of arrays as a parameter: on the PostgreSQL wire, CrateDB takes those as JSON. */
export class NestedArrayParameter {
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  /** Asked for by `pg`. */
  toPostgres(): string {
    return toJson(this.#values);
  }

  toJSON(): readonly unknown[] {
    return this.#values;
  }
}

/** As PostgreSQL writes it: `2026-01-02 03:04:05.678`. */
export function toTimestampText(value: unknown): string {
  return toDate(value).toISOString().replace('T', ' ').slice(0, -1);
}
