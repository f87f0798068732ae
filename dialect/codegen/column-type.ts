import type { BigintMode } from '../config.js';
import type { CrateColumnMetadata } from '../introspection/metadata.js';

/** TypeScript types of columns, as this dialect takes and gives their values. */
export interface TypeTexts {
  /** By CrateDB's name of the type. */
  readonly scalars: Readonly<Record<string, string>>;
  /** Of those that are written in more ways than they are read: by the name among the scalars. */
  readonly definitions: Readonly<Record<string, TypeDefinition>>;
}

interface TypeDefinition {
  readonly read: string;
  readonly write: string;
}

const BIGINT: Readonly<Record<BigintMode, string>> = {
  string: 'string',
  bigint: 'bigint',
  'number-or-bigint': 'number | bigint',
};

/** The same in a column and inside of an object. */
const EVERYWHERE = {
  text: 'string',
  character: 'string',
  ip: 'string',
  bit: 'string',
  boolean: 'boolean',
  byte: 'number',
  smallint: 'number',
  integer: 'number',
  real: 'number',
  'double precision': 'number',
  float_vector: 'number[]',
} as const;

export function typeTexts(bigint: BigintMode): TypeTexts {
  return {
    scalars: {
      ...EVERYWHERE,
      bigint: 'Int8',
      numeric: 'Numeric',
      'timestamp with time zone': 'Timestamp',
      'timestamp without time zone': 'Timestamp',
      object: 'Record<string, unknown>',
      geo_point: 'GeoPoint',
      geo_shape: 'GeoShape',
    },
    definitions: {
      Int8: { read: BIGINT[bigint], write: 'string | number | bigint' },
      Numeric: { read: 'string', write: 'string | number' },
      Timestamp: { read: 'Date', write: 'Date | string | number' },
      GeoPoint: { read: '{ x: number; y: number }', write: 'string' },
      GeoShape: { read: 'Record<string, unknown>', write: 'string | Record<string, unknown>' },
    },
  };
}

/** Inside of an object, and of an array of arrays, all is JSON. */
const INSIDE: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  'timestamp with time zone': 'number',
  'timestamp without time zone': 'number',
};

/**
 * The type of an object column whose inner columns are known. Any of them may be missing; a policy
 * other than STRICT lets others in.
 */
function objectText(column: CrateColumnMetadata, bigint: BigintMode): string {
  if (column.subcolumns.length === 0) return 'Record<string, unknown>';
  const members = column.subcolumns.map((inner) => {
    const type = arrayText(jsonText(inner, bigint), inner.arrayDimensions);
    return `${propertyName(inner.name)}?: ${type} | null`;
  });
  if (column.objectPolicy !== 'strict') members.push('[key: string]: unknown');
  return `{ ${members.join('; ')} }`;
}

export function arrayText(type: string, dimensions: number): string {
  return dimensions === 0 ? type : arrayText(`Array<${type}>`, dimensions - 1);
}

/** Of one element. Integers that a number can't hold come as {@link BigintMode} has it. */
export function jsonText(column: CrateColumnMetadata, bigint: BigintMode): string {
  const { elementType } = column;
  if (elementType === 'object') return objectText(column, bigint);
  if (elementType === 'bigint') return bigint === 'string' ? 'number | string' : 'number | bigint';
  return INSIDE[elementType] ?? 'unknown';
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
