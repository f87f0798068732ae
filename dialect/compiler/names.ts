import type { RawNode, TableNode, WithNode } from 'kysely';

import type { AnyQueryNode } from '../analysis/nodes.js';
import { rawTables, sourcesOf } from '../analysis/sources.js';

/** What the first part of a reference stands for. */
interface Name {
  /** A table of the configured schema, to be qualified. */
  readonly qualified: boolean;
  /** The table, where the name is an alias that isn't written. */
  readonly table?: TableNode | undefined;
}

/** The names that references in one query can begin with. */
interface Frame {
  readonly kind: AnyQueryNode['kind'] | 'RawNode';
  readonly names: ReadonlyMap<string, Name>;
}

/** Which names are tables, CTEs or aliases, at the place that is being compiled. */
export class Names {
  readonly #ctes: string[] = [];
  readonly #frames: Frame[] = [];

  /** An error may have left the last compilation halfway. */
  reset(): void {
    this.#ctes.length = 0;
    this.#frames.length = 0;
  }

  enterRaw(node: RawNode): void {
    const names = rawTables(node).map(
      ({ table }) => [table.identifier.name, { qualified: table.schema === undefined }] as const,
    );
    this.#frames.push({ kind: 'RawNode', names: new Map(names) });
  }

  inQuery(node: AnyQueryNode, visit: () => void): void {
    const ctes = this.#ctes.length;
    this.#frames.push({ kind: node.kind, names: this.#namesOf(node) });
    visit();
    this.#frames.pop();
    this.#ctes.length = ctes;
  }

  addCte(name: string): void {
    this.#ctes.push(name);
  }

  isCte(name: string): boolean {
    return this.#ctes.includes(name);
  }

  resolve(name: string): Name | undefined {
    return this.#frames.findLast(({ names }) => names.has(name))?.names.get(name);
  }

  /**
   * The query that a reference reaches out to from a subquery: what kind it is, and how many levels
   * around. Undefined where the name is of the query itself, or of none.
   */
  correlation(name: string): { readonly kind: Frame['kind']; readonly levels: number } | undefined {
    const index = this.#frames.findLastIndex(({ names }) => names.has(name));
    const frame = this.#frames[index];
    const levels = this.#frames.length - 1 - index;
    return frame === undefined || levels === 0 ? undefined : { kind: frame.kind, levels };
  }

  #namesOf(node: AnyQueryNode): ReadonlyMap<string, Name> {
    const names = new Map<string, Name>();
    for (const { table, alias } of sourcesOf(node)) {
      if (alias !== undefined) {
        // An UPDATE's alias isn't written.
        const own = node.kind === 'UpdateQueryNode' ? table : undefined;
        names.set(alias, { qualified: false, table: own });
      } else if (table !== undefined) {
        const { schema, identifier } = table.table;
        const qualified = schema === undefined && !this.isCte(identifier.name);
        names.set(identifier.name, { qualified });
      }
    }
    // Its own CTEs hide tables of the same name.
    for (const name of cteNames(node.with)) names.set(name, { qualified: false });
    return names;
  }
}

export function cteNames(node: WithNode | undefined): string[] {
  return (node?.expressions ?? []).map(({ name }) => name.table.table.identifier.name);
}
