import {
  Column,
  getTableColumns,
  getTableName,
  is,
  type Query,
  type QueryWithTypings,
  SQL,
  sql,
  StringChunk,
  type Table,
} from 'drizzle-orm';
import {
  getTableConfig,
  type PgDeleteConfig,
  PgDialect,
  type PgDialectConfig,
  type PgInsertConfig,
  type PgTable,
  type PgUpdateConfig,
} from 'drizzle-orm/pg-core';

import { refused } from '../compiler/refusals.js';
import { decode } from './codecs.js';
import { type InsertRows, sentColumns, withRuntimeDefaults } from './insert-rows.js';
import {
  CONFLICT_WHERE,
  DELETE_RETURNING,
  DISTINCT_ON,
  DRIZZLE_MIGRATIONS,
  EXCEPT,
  INTERSECT,
  JOINS_IN_UPDATE,
  LATERAL,
  MATERIALIZED_VIEWS,
  OVERRIDING,
  ROW_LOCKS,
  WITH_BEFORE_CHANGE,
  WITH_BEFORE_INSERT,
} from './refusals.js';
import { refuseUnknownTypes } from './refused-columns.js';
import { forCrate, qualified, unqualified, withColumns } from './rewrite.js';

/** Drizzle exports the builders that take it, but not its name. */
type PgSelectConfig = Parameters<PgDialect['buildSelectQuery']>[0];
type SetOperator = PgSelectConfig['setOperators'][number];
type RelationalConfig = Parameters<PgDialect['buildRelationalQueryWithoutPK']>[0];
type RelationalQuery = ReturnType<PgDialect['buildRelationalQueryWithoutPK']>;

/**
 * Drizzle's SQL for PostgreSQL, but for what CrateDB spells in another way, with every table
 * qualified by the schema unless it has one, and without what CrateDB can't do.
 */
export class CratePgDialect extends PgDialect {
  readonly #schema: string;
  /** SELECTs that can stand in a UNION as they are. */
  readonly #selects = new WeakSet<SQL>();
  /** UNIONs that can stand before another one; behind it, they would be taken apart. */
  readonly #unions = new WeakSet<SQL>();
  readonly #inserts = new WeakMap<SQL, InsertRows>();
  readonly #insertsOfQueries = new WeakMap<Query, InsertRows>();

  constructor(schema: string, config: PgDialectConfig) {
    super(config);
    this.#schema = schema;
  }

  override sqlToQuery(query: SQL, invokeSource?: 'indexes'): QueryWithTypings {
    const built = super.sqlToQuery(forCrate(query, this.#schema), invokeSource);
    const rows = this.#inserts.get(query);
    if (rows !== undefined) this.#insertsOfQueries.set(built, rows);
    return built;
  }

  /** The rows that a query made by {@link sqlToQuery} inserts, where those are several. */
  rowsOf(query: Query): InsertRows | undefined {
    return this.#insertsOfQueries.get(query);
  }

  override buildSelectQuery(config: PgSelectConfig): SQL {
    const { distinct, lockingClause, joins, setOperators, orderBy, limit, offset } = config;
    if (typeof distinct === 'object') throw refused(DISTINCT_ON);
    if (lockingClause !== undefined) throw refused(ROW_LOCKS);
    if (joins?.some((join) => join.lateral === true) === true) throw refused(LATERAL);
    const select: PgSelectConfig = {
      ...config,
      table: qualified(config.table, this.#schema),
      ...(joins !== undefined && {
        joins: joins.map((join) => ({ ...join, table: qualified(join.table, this.#schema) })),
      }),
      setOperators: [],
    };
    const built = super.buildSelectQuery(select);
    const ends = (orderBy ?? []).length > 0 || limit !== undefined || offset !== undefined;
    const ctes = hasCtes(config.withList);
    // CTEs in front of a UNION serve its first part as well.
    if (!ends && (!ctes || setOperators.length > 0)) this.#selects.add(built);
    return setOperators.length === 0 ? built : this.buildSetOperations(built, setOperators);
  }

  /** CrateDB's UNION takes no parentheses: a part with an end of its own becomes a subquery. */
  override buildSetOperationQuery({
    leftSelect,
    setOperator,
  }: {
    leftSelect: SQL;
    setOperator: SetOperator;
  }): SQL {
    const { type, isAll, rightSelect, limit, orderBy, offset } = setOperator;
    if (type !== 'union') throw refused(type === 'intersect' ? INTERSECT : EXCEPT);
    const rightSql = rightSelect.getSQL();
    const isPlain = this.#selects.has(leftSelect) || this.#unions.has(leftSelect);
    const left = isPlain ? leftSelect : asSubquery(leftSelect, 'left');
    const right = this.#selects.has(rightSql) ? rightSql : asSubquery(rightSql, 'right');
    const union = sql`${left} union ${isAll ? sql`all ` : undefined}${right}`;
    const orders = orderBy ?? [];
    if (orders.length > 0) {
      union.append(sql` order by `).append(
        sql.join(
          orders.map((order) => this.#unqualified(sql`${order}`)),
          sql`, `,
        ),
      );
    }
    if (limit !== undefined) union.append(sql` limit ${limit}`);
    if (offset !== undefined) union.append(sql` offset ${offset}`);
    if (orders.length === 0 && limit === undefined && offset === undefined) {
      this.#unions.add(union);
    }
    return union;
  }

  override buildInsertQuery(config: PgInsertConfig): SQL {
    const { table, onConflict, withList, overridingSystemValue_ } = config;
    if (hasCtes(withList)) throw refused(WITH_BEFORE_INSERT);
    if (overridingSystemValue_ === true) throw refused(OVERRIDING);
    // Those that get no value as well: nothing would give them one.
    refuseUnknownTypes(table);
    const conflict = onConflict === undefined ? undefined : readConflict(onConflict);
    if (conflict !== undefined) this.#refuseOtherKeys(table, conflict.columns);
    const insert: PgInsertConfig = {
      ...config,
      // Read in the frame of the table itself, whose columns CrateDB wants without its name.
      ...(onConflict !== undefined && { onConflict: this.#unqualified(onConflict, table) }),
    };
    if (config.select === true || !Array.isArray(config.values)) {
      return super.buildInsertQuery(insert);
    }
    const rows = withRuntimeDefaults(config.values, getTableColumns(table));
    const sent = sentColumns(rows, table);
    const built = super.buildInsertQuery({
      ...insert,
      table: withColumns(table, sent),
      values: rows,
    });
    if (rows.length > 1) {
      const columns = Object.entries(sent).map(([key, column]) => ({
        key,
        column,
        name: this.#nameOf(column),
      }));
      this.#inserts.set(built, { table: getTableName(table), columns, rows, conflict });
    }
    return built;
  }

  /** An error of CrateDB's as well, but only when it is executed. */
  #refuseOtherKeys(table: PgTable, target: readonly string[]): void {
    const { columns, primaryKeys } = getTableConfig(table);
    const key = new Set(
      [
        ...columns.filter((column) => column.primary),
        ...primaryKeys.flatMap((primaryKey) => primaryKey.columns),
      ].map((column) => this.#nameOf(column)),
    );
    // What isn't declared can't be compared.
    if (key.size === 0 || target.length === 0) return;
    if (target.length === key.size && target.every((column) => key.has(column))) return;
    throw refused({
      what: `unique constraints but the primary key, for ON CONFLICT (${target.join(', ')})`,
      instead: `Name the columns of the primary key: (${[...key].join(', ')}).`,
    });
  }

  override buildUpdateQuery(config: PgUpdateConfig): SQL {
    if (hasCtes(config.withList)) throw refused(WITH_BEFORE_CHANGE);
    if (config.from !== undefined || config.joins.length > 0) throw refused(JOINS_IN_UPDATE);
    return super.buildUpdateQuery({ ...config, table: qualified(config.table, this.#schema) });
  }

  override buildDeleteQuery(config: PgDeleteConfig): SQL {
    if (hasCtes(config.withList)) throw refused(WITH_BEFORE_CHANGE);
    if (config.returning !== undefined) throw refused(DELETE_RETURNING);
    return super.buildDeleteQuery(config);
  }

  override buildRefreshMaterializedViewQuery(): SQL {
    throw refused(MATERIALIZED_VIEWS);
  }

  /** Flat reads are plain SELECTs; nested ones are LATERAL joins on json_agg. */
  override buildRelationalQueryWithoutPK(config: RelationalConfig): RelationalQuery {
    const { queryConfig } = config;
    const nested = queryConfig === true ? {} : (queryConfig.with ?? {});
    const relations = Object.entries(nested).flatMap(([name, wanted]) => (wanted ? [name] : []));
    if (relations.length > 0) {
      throw refused({
        what: `LATERAL and json_agg, which db.query needs for relations (${relations.join(', ')})`,
        instead: 'Use select() with joins, or a second query with inArray().',
      });
    }
    const query = super.buildRelationalQueryWithoutPK(config);
    const selection = query.selection.map((item) => ({ ...item, field: decoded(item.field) }));
    return { ...query, selection };
  }

  override migrate(): Promise<void> {
    return Promise.reject(refused(DRIZZLE_MIGRATIONS));
  }

  #unqualified(query: SQL, of?: Table): SQL {
    return unqualified(query, (column) => sql.identifier(this.#nameOf(column)).getSQL(), of);
  }

  /** As the `casing` option has it. */
  #nameOf(column: Column): string {
    const { sql: quoted } = super.sqlToQuery(sql`${column}`, 'indexes');
    return quoted.slice(1, -1).replaceAll('""', '"');
  }
}

function asSubquery(select: SQL, alias: string): SQL {
  return sql`select * from (${select}) ${sql.identifier(alias)}`;
}

function hasCtes(withList: readonly unknown[] | undefined): boolean {
  return withList !== undefined && withList.length > 0;
}

/** `(columns) [WHERE …] DO UPDATE SET … [WHERE …]`, in the parts that drizzle made it from. */
function readConflict(onConflict: SQL): { columns: string[]; ignores: boolean } {
  const parts = onConflict.queryChunks;
  if (parts.some((part) => is(part, SQL) && textOf(part.queryChunks[0]).startsWith(' where '))) {
    throw refused(CONFLICT_WHERE);
  }
  const target = is(parts[1], SQL) ? textOf(parts[1].queryChunks[0]) : '';
  return {
    columns: [...target.matchAll(/"((?:[^"]|"")*)"/g)].map(([, name]) =>
      (name ?? '').replaceAll('""', '"'),
    ),
    ignores: parts.some((part) => textOf(part).endsWith('do nothing')),
  };
}

function textOf(chunk: unknown): string {
  return is(chunk, StringChunk) ? chunk.value.join('') : '';
}

/** The column with a decoder for what CrateDB's transports send. */
function decoded<Field>(field: Field): Field {
  if (!is(field, Column)) return field;
  const column: Column = field;
  return Object.create(column, {
    mapFromDriverValue: { value: (value: unknown) => decode(column, value) },
  }) as Field;
}
