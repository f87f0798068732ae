/** Operators of other databases that CrateDB spells in another way, with the same meaning. */
export const SPELLED_OPERATORS: Readonly<Record<string, string>> = {
  '==': '=',
  '!<': '>=',
  '!>': '<=',
};

/** What to do in place of an operator that CrateDB lacks, or that it has with another meaning. */
export const REFUSED_OPERATORS: Readonly<Record<string, { what: string; instead: string }>> = {
  '~': regexp('~'),
  '~*': regexp('~*'),
  '!~': regexp('!~'),
  '!~*': regexp('!~*'),
  regexp: {
    what: 'operator REGEXP',
    instead: "Use LIKE or ILIKE, or CrateDB's ~, which matches the whole text, as raw SQL.",
  },
  match: {
    what: 'operator MATCH',
    instead: 'Use the predicate MATCH(column, text) on a column with a fulltext index.',
  },
  '@@': fulltext('@@'),
  '@@@': fulltext('@@@'),
  '@>': contains('@>'),
  '<@': contains('<@'),
  '^@': { what: 'operator ^@', instead: 'Use starts_with(text, prefix), or LIKE.' },
  '?': keyOf('?'),
  '?&': keyOf('?&'),
  '?|': keyOf('?|'),
  '<=>': {
    what: 'operator <=>',
    instead:
      "Use IS NOT DISTINCT FROM for MySQL's meaning, vector_similarity or KNN_MATCH for a distance of vectors.",
  },
  '<->': {
    what: 'operator <->',
    instead: 'Use distance(point, point), or vector_similarity and KNN_MATCH for vectors.',
  },
  '!!': { what: 'operator !!', instead: 'Multiply in the program.' },
  '>>': {
    what: 'operator >>',
    instead: 'Divide by a power of 2; for networks, write the narrower on the left of <<.',
  },
  '->': json('->'),
  '->>': json('->>'),
};

type Refused = (typeof REFUSED_OPERATORS)[string];

function regexp(operator: string): Refused {
  return {
    what: `search for a part of a text by ${operator}: its ${operator} must match the whole text`,
    instead:
      "Use LIKE or ILIKE. A pattern written for CrateDB, such as '.*part.*', goes in as raw SQL.",
  };
}

function fulltext(operator: string): Refused {
  return {
    what: `operator ${operator}`,
    instead: 'Use MATCH(column, text) on a column with a fulltext index.',
  };
}

function contains(operator: string): Refused {
  return {
    what: `operator ${operator}`,
    instead:
      'Use value = ANY(column) for each value of an array, && for any of them, and a subscript (o[…] = …) for objects.',
  };
}

function keyOf(operator: string): Refused {
  return {
    what: `operator ${operator}`,
    instead: 'Use IS NOT NULL on a subscript of the object column: o[…] IS NOT NULL.',
  };
}

function json(operator: string): Refused {
  return {
    what: `operator ${operator}`,
    instead: `Use eb.ref(column, '${operator}').key(…): it is compiled to a subscript.`,
  };
}
