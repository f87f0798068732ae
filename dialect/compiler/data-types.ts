/** Kysely's names of types that are others in CrateDB, of the same meaning. */
export const SPELLED_TYPES: Readonly<Record<string, string>> = {
  // CrateDB keeps milliseconds, always.
  'timestamp(3)': 'timestamp',
  'timestamptz(3)': 'timestamptz',
};

interface RefusedType {
  readonly instead: string;
  /** CrateDB can cast to it, but no column can have it. */
  readonly onlyInColumns?: boolean;
}

export const INSTEAD_OF_SEQUENCES =
  'Let the column default to gen_random_text_uuid(), or count in a row: INSERT … ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n.';

const NUMBERED: RefusedType = { instead: INSTEAD_OF_SEQUENCES };
const BINARY: RefusedType = { instead: 'Use text (base64), or a BLOB table.' };
const TIME: RefusedType = { instead: 'Use text or bigint.' };
const TIMESTAMP: RefusedType = {
  instead: 'Use timestamp or timestamptz; both keep milliseconds.',
};
const RANGE: RefusedType = { instead: 'Use two columns.' };
const JSON_TYPE = 'Use an object column, or text for JSON that is no object.';

const REFUSED_TYPES: Readonly<Record<string, RefusedType>> = {
  serial: NUMBERED,
  bigserial: NUMBERED,
  binary: BINARY,
  varbinary: BINARY,
  bytea: BINARY,
  blob: BINARY,
  datetime: TIMESTAMP,
  datetime2: TIMESTAMP,
  time: TIME,
  timetz: { ...TIME, onlyInColumns: true },
  date: { instead: 'Use timestamp; cast to date where it is read.', onlyInColumns: true },
  json: { instead: JSON_TYPE, onlyInColumns: true },
  jsonb: { instead: JSON_TYPE },
  int4range: RANGE,
  int4multirange: RANGE,
  int8range: RANGE,
  int8multirange: RANGE,
  numrange: RANGE,
  nummultirange: RANGE,
  tsrange: RANGE,
  tsmultirange: RANGE,
  tstzrange: RANGE,
  tstzmultirange: RANGE,
  daterange: RANGE,
  datemultirange: RANGE,
};

const DECIMAL: RefusedType = {
  instead: 'Give both, as in numeric(18, 6), or use double precision.',
  onlyInColumns: true,
};

/**
 * The type's name in an error, and what to use instead; undefined where CrateDB has the type.
 *
 * @param inColumn the type of a column, not of a cast
 */
export function refusedType(
  type: string,
  inColumn: boolean,
): { readonly what: string; readonly instead: string } | undefined {
  if (SPELLED_TYPES[type] !== undefined) return undefined;
  const [name = type] = type.split('(');
  if (type === 'decimal' || type === 'numeric') {
    return inColumn ? { what: `column of type ${type} without precision`, ...DECIMAL } : undefined;
  }
  if ((name === 'timestamp' || name === 'timestamptz') && name !== type) {
    return { what: `type ${type}`, ...TIMESTAMP };
  }
  const refused = REFUSED_TYPES[name];
  if (refused === undefined) return undefined;
  if (refused.onlyInColumns !== true) return { what: `type ${type}`, instead: refused.instead };
  return inColumn ? { what: `column of type ${type}`, instead: refused.instead } : undefined;
}
