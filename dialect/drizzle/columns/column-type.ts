import { customType, type PgCustomColumnBuilder } from 'drizzle-orm/pg-core';

/** A column builder, as those of drizzle for PostgreSQL are. */
export type CrateColumn<Data> = PgCustomColumnBuilder<{
  name: string;
  dataType: 'custom';
  columnType: 'PgCustomColumn';
  data: Data;
  driverParam: unknown;
  enumValues: undefined;
}>;

interface ColumnType<Data> {
  /** As it stands in CREATE TABLE. */
  readonly type: string;
  readonly encode?: (value: Data) => unknown;
  readonly decode?: (value: unknown) => Data;
}

/** @param name default: the key in the table */
export function crateColumn<Data>(
  name: string | undefined,
  { type, encode, decode }: ColumnType<Data>,
): CrateColumn<Data> {
  const column = customType<{ data: Data; driverData: unknown }>({
    dataType: () => type,
    ...(encode !== undefined && { toDriver: encode }),
    ...(decode !== undefined && { fromDriver: decode }),
  });
  return column(name ?? '');
}
