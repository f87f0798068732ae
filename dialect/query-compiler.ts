import {
  type AggregateFunctionNode,
  type AliasNode,
  BinaryOperationNode,
  type CommonTableExpressionNode,
  type CompiledQuery,
  type DataTypeNode,
  type DeleteQueryNode,
  type DropConstraintNode,
  type GeneratedNode,
  type InsertQueryNode,
  type JSONReferenceNode,
  type OnConflictNode,
  type OperationNode,
  OperatorNode,
  ParensNode,
  PostgresQueryCompiler,
  type QueryId,
  RawNode,
  type ReferenceNode,
  type ReturningNode,
  type RootOperationNode,
  type SchemableIdentifierNode,
  SelectQueryNode,
  type TableNode,
  type UpdateQueryNode,
  type WithNode,
} from 'kysely';

import { SPELLED_TYPES } from './compiler/data-types.js';
import { subscriptsOf } from './compiler/json-subscripts.js';
import { cteNames, Names } from './compiler/names.js';
import { SPELLED_OPERATORS } from './compiler/operators.js';
import {
  CORRELATED_CHANGE,
  CORRELATED_TWICE,
  refused,
  refuseUnsupported,
  type Refusal,
  SUBQUERY_IN_DO_UPDATE,
  SUBQUERY_IN_RETURNING,
  VALUE_WITHOUT_LITERAL,
} from './compiler/refusals.js';
import { expandComparison } from './compiler/row-values.js';

/** Statements that hold text literals: prepared, they would pile up, one for each value. */
const withTextLiterals = new WeakSet<CompiledQuery>();

export function hasTextLiterals(query: CompiledQuery): boolean {
  return withTextLiterals.has(query);
}

const VIEW_NODES = new Set(['CreateViewNode', 'DropViewNode', 'RefreshMaterializedViewNode']);

/**
 * PostgreSQL's spelling, but for what CrateDB spells in another way, and with every table qualified
 * by the configured schema: `runs` becomes `"mlflow"."runs"`, wherever it stands for a table and
 * isn't the name of a CTE, and so does the `runs` in `runs.name` where it isn't an alias.
 *
 * What CrateDB can't do is refused here, before anything is sent, wherever in a query it stands. Raw
 * SQL isn't looked into, but for the helpers that Kysely itself writes in it.
 *
 * @throws NotSupportedError that names the feature and what to do instead
 */
export class CrateQueryCompiler extends PostgresQueryCompiler {
  readonly #schema: string;
  readonly #names = new Names();
  /** The table of the INSERT whose DO UPDATE is being written. */
  #conflictTable: string | undefined;
  /** Why a subquery can't stand where the compiler is. */
  #noSubqueries: Refusal | undefined;
  /** Values are written as literals, where CrateDB takes no parameters. */
  #literalsOnly = false;
  #textLiterals = 0;

  constructor(schema: string) {
    super();
    this.#schema = schema;
    this.#adaptEachNode();
  }

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    // An error may have left the last compilation halfway.
    this.#names.reset();
    this.#conflictTable = undefined;
    this.#noSubqueries = undefined;
    this.#literalsOnly = false;
    this.#textLiterals = 0;
    if (RawNode.is(node)) this.#names.enterRaw(node);
    const compiled = super.compileQuery(node, queryId);
    if (this.#textLiterals > 0) withTextLiterals.add(compiled);
    return compiled;
  }

  /** `visitNode` is a property of Kysely's visitor; every node goes through it. */
  #adaptEachNode(): void {
    const { visitNode } = this;
    Object.defineProperty(this, 'visitNode', {
      value: (node: OperationNode) => {
        const expanded = expandComparison(node);
        if (expanded === undefined) {
          refuseUnsupported(node, this.nodeStack.at(-1));
          visitNode(node);
        } else {
          this.visitNode(expanded);
        }
      },
    });
  }

  protected override visitSelectQuery(node: SelectQueryNode): void {
    if (this.#noSubqueries !== undefined) throw refused(this.#noSubqueries);
    this.#names.inQuery(node, () => {
      // EXPLAIN takes no parameters.
      if (node.explain === undefined) super.visitSelectQuery(node);
      else this.#withLiterals(true, () => super.visitSelectQuery(node));
    });
  }

  /** CrateDB's WITH belongs to the query that is inserted. */
  protected override visitInsertQuery(node: InsertQueryNode): void {
    const { with: ctes, values, ...insert } = node;
    if (ctes === undefined || values === undefined || !SelectQueryNode.is(values)) {
      this.#names.inQuery(node, () => {
        this.#withLiterals(node.explain !== undefined, () => super.visitInsertQuery(node));
      });
      return;
    }
    const expressions = [...ctes.expressions, ...(values.with?.expressions ?? [])];
    const select: SelectQueryNode = { ...values, with: { ...ctes, expressions } };
    this.visitInsertQuery({ ...insert, values: select });
  }

  protected override visitUpdateQuery(node: UpdateQueryNode): void {
    this.#names.inQuery(node, () => super.visitUpdateQuery(node));
  }

  protected override visitDeleteQuery(node: DeleteQueryNode): void {
    this.#names.inQuery(node, () => super.visitDeleteQuery(node));
  }

  protected override visitWith(node: WithNode): void {
    this.append('with ');
    const names = cteNames(node);
    node.expressions.forEach((expression, index) => {
      if (index > 0) this.append(', ');
      this.visitNode(expression);
      this.#names.addCte(names[index] ?? '');
    });
  }

  /** NOT MATERIALIZED is what CrateDB does anyway. */
  protected override visitCommonTableExpression(node: CommonTableExpressionNode): void {
    const { materialized: _, ...expression } = node;
    super.visitCommonTableExpression(expression);
  }

  /** An operand of UNION can't stand in parentheses, a subquery of it can. */
  protected override visitParens(node: ParensNode): void {
    const isOperand = this.parentNode?.kind === 'SetOperationNode' && SelectQueryNode.is(node.node);
    if (isOperand) this.append('select * from ');
    super.visitParens(node);
    if (isOperand) this.append(' as "operand"');
  }

  /** An UPDATE's own columns can't be read by its alias, so it goes without. */
  protected override visitAlias(node: AliasNode): void {
    const parent = this.parentNode;
    if (parent?.kind === 'UpdateQueryNode' && (parent as UpdateQueryNode).table === node) {
      this.visitNode(node.node);
    } else {
      super.visitAlias(node);
    }
  }

  protected override visitTable(node: TableNode): void {
    const { schema, identifier } = node.table;
    if (schema !== undefined) {
      super.visitTable(node);
      return;
    }
    const own = this.#isReference() ? this.#names.resolve(identifier.name)?.table : undefined;
    const table = own ?? node;
    if (table.table.schema === undefined && this.#isQualified(identifier.name, node)) {
      this.#appendSchema();
    }
    super.visitTable(table);
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

  #isReference(): boolean {
    const kind = this.parentNode?.kind;
    return kind === 'ReferenceNode' || kind === 'FunctionNode' || kind === 'AggregateFunctionNode';
  }

  #isQualified(name: string, node: TableNode): boolean {
    if (this.#isReference()) {
      const known = this.#names.resolve(name);
      return known !== undefined && (known.qualified || known.table !== undefined);
    }
    const parent: OperationNode | undefined = this.parentNode;
    switch (parent?.kind) {
      case 'CommonTableExpressionNameNode':
        return false;
      case 'AlterTableNode':
        // RENAME TO takes a bare name.
        return (
          (parent as { renameTo?: OperationNode }).renameTo !== node && !this.#names.isCte(name)
        );
      default:
        return !this.#names.isCte(name);
    }
  }

  /** https://cratedb.com/docs/crate/reference/en/latest/sql/statements/insert.html#on-conflict */
  protected override visitOnConflict(node: OnConflictNode): void {
    const insert = this.parentNode as InsertQueryNode | undefined;
    this.#conflictTable = insert?.into?.table.identifier.name;
    this.#noSubqueries = SUBQUERY_IN_DO_UPDATE;
    super.visitOnConflict(node);
    this.#conflictTable = undefined;
    this.#noSubqueries = undefined;
  }

  protected override visitReturning(node: ReturningNode): void {
    this.#noSubqueries = SUBQUERY_IN_RETURNING;
    this.#withLiterals(true, () => super.visitReturning(node));
    this.#noSubqueries = undefined;
  }

  /** In DO UPDATE, `t.column` is an error to CrateDB and `column` an ambiguity to PostgreSQL. */
  protected override visitReference(node: ReferenceNode): void {
    const name = node.table?.table.identifier.name;
    if (name === undefined) {
      super.visitReference(node);
    } else if (name === this.#conflictTable) {
      this.visitNode(node.column);
    } else {
      this.#checkCorrelation(name);
      super.visitReference(node);
    }
  }

  #checkCorrelation(name: string): void {
    const outer = this.#names.correlation(name);
    if (outer === undefined || outer.kind === 'RawNode') return;
    if (outer.kind === 'UpdateQueryNode' || outer.kind === 'DeleteQueryNode') {
      throw refused(CORRELATED_CHANGE);
    }
    if (outer.levels > 1) throw refused(CORRELATED_TWICE);
  }

  /**
   * `IS` binds no looser than a comparison, and takes no parameter:
   * https://cratedb.com/docs/crate/reference/en/latest/general/builtins/comparison-operators.html
   */
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { leftOperand: left, operator, rightOperand: right } = node;
    const isTest = OperatorNode.is(operator) && /^is( not)?$/.test(operator.operator);
    if (!isTest) {
      super.visitBinaryOperation(node);
      return;
    }
    this.visitNode(BinaryOperationNode.is(left) ? ParensNode.create(left) : left);
    this.append(' ');
    this.visitNode(operator);
    this.append(' ');
    this.#withLiterals(true, () => this.visitNode(right));
  }

  protected override visitOperator(node: OperatorNode): void {
    this.append(SPELLED_OPERATORS[node.operator] ?? node.operator);
  }

  protected override visitAggregateFunction(node: AggregateFunctionNode): void {
    const { distinct, ...all } = node;
    const isSame = distinct === true && /^(min|max)$/i.test(node.func);
    const isFilteredWindow = node.filter !== undefined && node.over !== undefined;
    this.#withLiterals(isFilteredWindow, () => super.visitAggregateFunction(isSame ? all : node));
  }

  protected override visitJSONReference(node: JSONReferenceNode): void {
    const { path, asText } = subscriptsOf(node);
    if (asText) this.append('cast(');
    this.visitNode(node.reference);
    for (const step of path) {
      this.append('[');
      if (typeof step === 'string') this.appendStringLiteral(step);
      else this.append(String(step));
      this.append(']');
    }
    if (asText) this.append(' as text)');
  }

  protected override visitDataType(node: DataTypeNode): void {
    this.append(SPELLED_TYPES[node.dataType] ?? node.dataType);
  }

  /** All generated columns are stored. */
  protected override visitGenerated(node: GeneratedNode): void {
    const { stored: _, ...generated } = node;
    super.visitGenerated(generated);
  }

  /** RESTRICT is what CrateDB does anyway. */
  protected override visitDropConstraint(node: DropConstraintNode): void {
    const { modifier: _, ...drop } = node;
    super.visitDropConstraint(drop);
  }

  #withLiterals(needed: boolean, visit: () => void): void {
    const outer = this.#literalsOnly;
    this.#literalsOnly = outer || needed;
    visit();
    this.#literalsOnly = outer;
  }

  protected override appendValue(value: unknown): void {
    if (!this.#literalsOnly) super.appendValue(value);
    else if (isLiteral(value)) this.appendImmediateValue(value);
    else throw refused(VALUE_WITHOUT_LITERAL);
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

function isLiteral(value: unknown): boolean {
  return (
    value === null ||
    value instanceof Date ||
    ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
  );
}
