import type { Kysely } from 'kysely';

import type { BigintMode } from '../config.js';
import { CrateIntrospector } from '../introspection/introspector.js';
import type { CrateColumnMetadata, CrateTableMetadata } from '../introspection/metadata.js';
import { connectionOf } from '../migration/connection-of.js';
import { arrayText, jsonText, type TypeTexts, typeTexts } from './column-type.js';

/** What is needed of the package `kysely-codegen`; the whole module fits. */
export interface CodegenModule<GeneratorDialect> {
  /** For its return type alone: there is nothing of PostgreSQL in what is generated. */
  getDialect(name: 'postgres'): GeneratorDialect;
  readonly DatabaseMetadata: new (options: { tables: CodegenTable[] }) => unknown;
  readonly TableMatcher: new (pattern: string) => {
    match(schema: string | undefined, name: string): boolean;
  };
}

interface CodegenTable {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
  readonly columns: CodegenColumn[];
}

interface CodegenColumn {
  readonly name: string;
  readonly dataType: string;
  readonly isArray: boolean;
  readonly isNullable: boolean;
  readonly hasDefaultValue: boolean;
}

interface IntrospectOptions {
  readonly db: Kysely<unknown>;
  readonly includePattern?: string | null;
  readonly excludePattern?: string | null;
}

export interface CrateGeneratorOptions {
  /**
   * Whose tables are generated; those of other schemas than the dialect's are called
   * `schema.table`. Default: the dialect's.
   */
  readonly schemas?: readonly string[];
  /** As given to the dialect. Default: `string`. */
  readonly bigint?: BigintMode;
}

/**
 * CrateDB for `kysely-codegen`, whose command line knows only the databases built into it. Objects
 * become types of their known inner columns, generated columns can't be written, columns with a
 * default need not be.
 *
 * ```ts
 * import * as codegen from 'kysely-codegen';
 *
 * await codegen.generate({ db, dialect: crateGeneratorDialect(codegen), outFile: 'src/db.d.ts' });
 * ```
 *
 * `db` is a `Kysely` made with CrateDialect. `typeMapping` goes by CrateDB's names of types, such as
 * `geo_point`. Needs kysely-codegen 0.20, and `typescript`, which that package loads without asking
 * for it.
 *
 * @param codegen the module `kysely-codegen`
 * @see https://github.com/RobinBlomberg/kysely-codegen
 */
export function crateGeneratorDialect<GeneratorDialect>(
  codegen: CodegenModule<GeneratorDialect>,
  options: CrateGeneratorOptions = {},
): GeneratorDialect {
  const types = new ColumnTypes(options.bigint ?? 'string');
  const defaultSchemas: string[] = [];
  const introspector = {
    async introspect({ db, includePattern, excludePattern }: IntrospectOptions) {
      const { schema } = await connectionOf(db);
      defaultSchemas.splice(0, Infinity, schema);
      const isWanted = (table: CrateTableMetadata) => {
        const matches = (pattern: string) =>
          new codegen.TableMatcher(pattern).match(table.schema, table.name);
        if (includePattern && !matches(includePattern)) return false;
        return !excludePattern || !matches(excludePattern);
      };
      const introspected = new CrateIntrospector(db);
      const tables: CodegenTable[] = [];
      for (const one of options.schemas ?? [schema]) {
        const found = await introspected.getCrateTables({
          withInternalKyselyTables: false,
          schema: one,
        });
        for (const table of found.filter(isWanted)) {
          const { schema: owner, name, isView, columns } = table;
          const described = columns.map((column) => types.describe(column));
          tables.push({ schema: owner, name, isView, columns: described });
        }
      }
      return new codegen.DatabaseMetadata({ tables });
    },
  };
  const { scalars, definitions } = types;
  const defaultScalar = raw('unknown');
  const adapter = { defaultScalar, defaultSchemas, definitions, imports: {}, scalars };
  // Of its classes, only what is here is used by generate().
  return { adapter, introspector } as GeneratorDialect;
}

/** Columns as kysely-codegen knows them, and the types that it looks up by their `dataType`. */
class ColumnTypes {
  readonly scalars: Record<string, RawNode>;
  readonly definitions: Record<string, RawNode>;
  readonly #texts: TypeTexts;
  readonly #bigint: BigintMode;
  #named = 0;

  constructor(bigint: BigintMode) {
    this.#bigint = bigint;
    this.#texts = typeTexts(bigint);
    this.scalars = mapped(this.#texts.scalars, raw);
    this.definitions = mapped(this.#texts.definitions, ({ read, write }) =>
      raw(columnType(read, write)),
    );
  }

  describe(column: CrateColumnMetadata): CodegenColumn {
    const { name, arrayDimensions, isNullable, hasDefaultValue } = column;
    if (column.generationExpression !== undefined) {
      const type = `${this.#readText(column)}${isNullable ? ' | null' : ''}`;
      const dataType = this.#nameType(columnType(type, 'never'));
      return { name, dataType, isArray: false, isNullable: false, hasDefaultValue: false };
    }
    const dataType = this.#dataType(column);
    return { name, dataType, isArray: arrayDimensions > 0, isNullable, hasDefaultValue };
  }

  /** Of the element, where it is an array. */
  #dataType(column: CrateColumnMetadata): string {
    const { elementType, arrayDimensions, subcolumns } = column;
    if (arrayDimensions > 1) {
      return this.#nameType(arrayText(jsonText(column, this.#bigint), arrayDimensions - 1));
    }
    if (subcolumns.length > 0) return this.#nameType(jsonText(column, this.#bigint));
    return elementType;
  }

  /** As a SELECT gives it. */
  #readText(column: CrateColumnMetadata): string {
    const { elementType, arrayDimensions, subcolumns } = column;
    const { scalars, definitions } = this.#texts;
    const scalar = scalars[elementType] ?? 'unknown';
    const isJson = arrayDimensions > 1 || subcolumns.length > 0;
    const element = isJson ? jsonText(column, this.#bigint) : (definitions[scalar]?.read ?? scalar);
    return arrayText(element, arrayDimensions);
  }

  /** A name for the type of one column alone. */
  #nameType(text: string): string {
    this.#named += 1;
    const name = `column ${String(this.#named)}`;
    this.scalars[name] = raw(text);
    return name;
  }
}

function columnType(read: string, write: string): string {
  return `ColumnType<${read}, ${write}, ${write}>`;
}

interface RawNode {
  readonly type: 'RawExpression';
  readonly expression: string;
}

/** A node of kysely-codegen's that stands for its own text. */
function raw(expression: string): RawNode {
  return { type: 'RawExpression', expression };
}

function mapped<T, U>(texts: Readonly<Record<string, T>>, map: (text: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, map(text)]));
}
