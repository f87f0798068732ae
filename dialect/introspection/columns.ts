import type { CrateColumnMetadata, ObjectPolicy } from './metadata.js';

/** Of information_schema.columns. */
export interface ColumnRow {
  readonly table_schema: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
  readonly is_nullable: string;
  readonly column_default: string | null;
  readonly is_generated: string;
  readonly generation_expression: string | null;
  readonly character_maximum_length: number | null;
  readonly numeric_precision: number | null;
  readonly ordinal_position: number;
  readonly column_details: { readonly policy?: ObjectPolicy } | null;
}

type Column = Omit<CrateColumnMetadata, 'subcolumns'> & { readonly subcolumns: Column[] };

/**
 * The columns of one table as a tree: CrateDB lists `o`, `o['a']` and `o['a']['b']` side by side, a
 * column always after the one that it is inside of. A view may have a column of its own that is
 * called `o['a']`; it comes before `o`, or is listed a second time.
 *
 * @param rows of one table, by their place
 */
export function columnTree(rows: readonly ColumnRow[]): CrateColumnMetadata[] {
  const top: Column[] = [];
  const byPath = new Map<string, Column>();
  for (const row of rows) {
    const [, outer, inner] = /^(.*)\['(.*)'\]$/s.exec(row.column_name) ?? [];
    const parent = outer === undefined ? undefined : byPath.get(outer);
    const isInside = parent !== undefined && inner !== undefined && !byPath.has(row.column_name);
    const column = columnOf(row, isInside ? inner : row.column_name);
    if (isInside) parent.subcolumns.push(column);
    else top.push(column);
    if (isInside || outer === undefined) byPath.set(row.column_name, column);
  }
  return top;
}

function columnOf(row: ColumnRow, name: string): Column {
  const [, elementType = '', arrays = ''] = /^(.*?)((?:_array)*)$/.exec(row.data_type) ?? [];
  return {
    name,
    dataType: row.data_type,
    isNullable: row.is_nullable === 'YES',
    hasDefaultValue: row.column_default !== null || row.is_generated === 'ALWAYS',
    isAutoIncrementing: false,
    elementType,
    arrayDimensions: arrays.length / '_array'.length,
    length: row.character_maximum_length ?? undefined,
    precision: row.numeric_precision ?? undefined,
    position: row.ordinal_position,
    defaultExpression: row.column_default ?? undefined,
    generationExpression: row.generation_expression ?? undefined,
    objectPolicy: elementType === 'object' ? row.column_details?.policy : undefined,
    subcolumns: [],
  };
}
