import {
  AliasNode,
  type CompiledQuery,
  type DeleteQueryNode,
  type InsertQueryNode,
  type OnConflictNode,
  type OperationNode,
  PostgresQueryCompiler,
  type QueryId,
  RawNode,
  type ReferenceNode,
  type RootOperationNode,
  type SchemableIdentifierNode,
  type SelectModifierNode,
  type SelectQueryNode,
  type TableNode,
  type UpdateQueryNode,
  type WithNode,
} from 'kysely';

import type { AnyQueryNode } from './analysis/nodes.js';
import { rawTables, sourcesOf } from './analysis/sources.js';
import { NotSupportedError } from './errors/index.js';

/** Statements that hold text literals: prepared, they would pile up, one for each value. */
const withTextLiterals = new WeakSet<CompiledQuery>();

export function hasTextLiterals(query: CompiledQuery): boolean {
  return withTextLiterals.has(query);
}

/** For the names a reference can begin with: whether it is a table that is to be qualified. */
type Frame = ReadonlyMap<string, boolean>;

const VIEW_NODES = new Set(['CreateViewNode', 'DropViewNode', 'RefreshMaterializedViewNode']);
const LOCKING_MODIFIERS = new Set([
  'ForUpdate',
  'ForNoKeyUpdate',
  'ForShare',
  'ForKeyShare',
  'NoWait',
  'SkipLocked',
]);

/**
 * PostgreSQL's spelling, but for what CrateDB spells in another way, and with every table qualified
 * by the configured schema: `runs` becomes `"mlflow"."runs"`, wherever it stands for a table and
 * isn't the name of a CTE, and so does the `runs` in `runs.name` where it isn't an alias.
 */
export class CrateQueryCompiler extends PostgresQueryCompiler {
  readonly #schema: string;
  readonly #ctes: string[] = [];
  readonly #frames: Frame[] = [];
  /** The table of the INSERT whose DO UPDATE is being written, outside of any subquery in it. */
  #conflictTable: string | undefined;
  #textLiterals = 0;

  constructor(schema: string) {
    super();
    this.#schema = schema;
  }

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    // An error may have left the last compilation halfway.
    this.#ctes.length = 0;
    this.#frames.length = 0;
    this.#conflictTable = undefined;
    this.#textLiterals = 0;
    if (RawNode.is(node)) this.#frames.push(frameOfRaw(node));
    const compiled = super.compileQuery(node, queryId);
    if (this.#textLiterals > 0) withTextLiterals.add(compiled);
    return compiled;
  }

  protected override visitSelectQuery(node: SelectQueryNode): void {
    if (node.distinctOn !== undefined && node.distinctOn.length > 0) {
      throw new NotSupportedError(
        'CrateDB has no DISTINCT ON. Use row_number() OVER (PARTITION BY … ORDER BY …) = 1 in a subquery, or max_by(…).',
      );
    }
    this.#inFrame(node, () => super.visitSelectQuery(node));
  }

  protected override visitInsertQuery(node: InsertQueryNode): void {
    this.#inFrame(node, () => super.visitInsertQuery(node));
  }

  protected override visitUpdateQuery(node: UpdateQueryNode): void {
    this.#inFrame(node, () => super.visitUpdateQuery(node));
  }

  protected override visitDeleteQuery(node: DeleteQueryNode): void {
    this.#inFrame(node, () => super.visitDeleteQuery(node));
  }

  #inFrame(node: AnyQueryNode, visit: () => void): void {
    const ctes = this.#ctes.length;
    const conflictTable = this.#conflictTable;
    this.#conflictTable = undefined;
    this.#frames.push(frameOf(node, this.#ctes));
    visit();
    this.#frames.pop();
    this.#ctes.length = ctes;
    this.#conflictTable = conflictTable;
  }

  protected override visitWith(node: WithNode): void {
    this.append(node.recursive === true ? 'with recursive ' : 'with ');
    node.expressions.forEach((expression, index) => {
      if (index > 0) this.append(', ');
      const name = expression.name.table.table.identifier.name;
      if (node.recursive === true) this.#ctes.push(name);
      this.visitNode(expression);
      this.#ctes.push(name);
    });
  }

  protected override visitTable(node: TableNode): void {
    const { schema, identifier } = node.table;
    if (schema === undefined && this.#isQualified(identifier.name, node)) this.#appendSchema();
    super.visitTable(node);
  }

  protected override visitSchemableIdentifier(node: SchemableIdentifierNode): void {
    const parent = this.parentNode;
    if (node.schema === undefined && parent !== undefined && VIEW_NODES.has(parent.kind)) {
      this.#appendSchema();
    }
    super.visitSchemableIdentifier(node);
  }

  #appendSchema(): void {
    this.append(`"${this.sanitizeIdentifier(this.#schema)}".`);
  }

  #isQualified(name: string, node: TableNode): boolean {
    const parent: OperationNode | undefined = this.parentNode;
    switch (parent?.kind) {
      case 'ReferenceNode':
      case 'FunctionNode':
      case 'AggregateFunctionNode':
        return this.#frames.findLast((frame) => frame.has(name))?.get(name) ?? false;
      case 'CommonTableExpressionNameNode':
        return false;
      case 'AlterTableNode':
        // RENAME TO takes a bare name.
        return (parent as { renameTo?: OperationNode }).renameTo !== node && this.#isTable(name);
      default:
        return this.#isTable(name);
    }
  }

  #isTable(name: string): boolean {
    return !this.#ctes.includes(name);
  }

  /**
   * https://cratedb.com/docs/crate/reference/en/latest/sql/statements/insert.html#on-conflict
   * knows no WHERE, and a column is taken by its primary key alone.
   */
  protected override visitOnConflict(node: OnConflictNode): void {
    if (node.updateWhere !== undefined || node.indexWhere !== undefined) {
      throw new NotSupportedError(
        'CrateDB has no ON CONFLICT … WHERE. Decide inside of SET: v = CASE WHEN … THEN excluded.v ELSE v END.',
      );
    }
    if (node.constraint !== undefined || node.indexExpression !== undefined) {
      throw new NotSupportedError(
        'CrateDB has no ON CONFLICT ON CONSTRAINT. Name the columns of the primary key.',
      );
    }
    const insert = this.parentNode as InsertQueryNode | undefined;
    const into = insert?.into as OperationNode | undefined;
    const table = into !== undefined && AliasNode.is(into) ? into.node : into;
    this.#conflictTable = (table as TableNode | undefined)?.table.identifier.name;
    super.visitOnConflict(node);
    this.#conflictTable = undefined;
  }

  /** In DO UPDATE, `t.column` is an error to CrateDB and `column` an ambiguity to PostgreSQL. */
  protected override visitReference(node: ReferenceNode): void {
    const name = node.table?.table.identifier.name;
    if (name !== undefined && name === this.#conflictTable) this.visitNode(node.column);
    else super.visitReference(node);
  }

  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier !== undefined && LOCKING_MODIFIERS.has(node.modifier)) {
      throw new NotSupportedError(
        'CrateDB has no row locks (FOR UPDATE and the like). Change a row by one atomic statement on its primary key.',
      );
    }
    super.visitSelectModifier(node);
  }

  protected override appendImmediateValue(value: unknown): void {
    if (typeof value === 'string') this.#textLiterals += 1;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      // Without quotes it would be a column.
      this.append(`'${value}'::double precision`);
    } else {
      super.appendImmediateValue(value);
    }
  }
}

function frameOf(node: AnyQueryNode, ctes: readonly string[]): Frame {
  const frame = new Map<string, boolean>();
  for (const { table, alias } of sourcesOf(node)) {
    if (alias !== undefined) {
      frame.set(alias, false);
    } else if (table !== undefined) {
      const name = table.table.identifier.name;
      frame.set(name, table.table.schema === undefined && !ctes.includes(name));
    }
  }
  // Its own CTEs hide tables of the same name.
  for (const expression of node.with?.expressions ?? []) {
    frame.set(expression.name.table.table.identifier.name, false);
  }
  return frame;
}

function frameOfRaw(node: RawNode): Frame {
  return new Map(
    rawTables(node).map((table) => [table.table.identifier.name, table.table.schema === undefined]),
  );
}
