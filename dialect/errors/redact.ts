const MASK = '…';

/**
 * Takes the values out of a server's message, and keeps names, types and the reason. CrateDB puts
 * values into quotes, backticks and lists; PostgreSQL into quotes of class 22 messages.
 */
export function redactMessage(
  message: string,
  sqlstate: string | undefined,
  parameters: readonly unknown[] = [],
): string {
  return maskParameters(maskByForm(message, sqlstate), parameters);
}

function maskByForm(message: string, sqlstate: string | undefined): string {
  switch (sqlstate) {
    case undefined:
    case 'XX000':
      return maskCrateValues(message);
    case '42601':
      // The list of every word that could have stood there helps nobody.
      return message.replace(/ expecting \{[\s\S]*$/, '');
    case '0A000':
      // "Unknown function: f('literal')"
      return message.replace(/^(Unknown function: [\w.]+)\([\s\S]*?\)(?=$|,)/, `$1(${MASK})`);
    default:
      return sqlstate.startsWith('22') ? message.replace(/"[\s\S]*"/, `"${MASK}"`) : message;
  }
}

/** Greedy on purpose: a value may contain the quotes around it. */
function maskCrateValues(message: string): string {
  if (/^"[^"]+" must not be null$/.test(message)) return message;
  if (/^The relation "[^"]+" doesn't support or allow \w+ operations/.test(message)) return message;
  if (/^Missing '\w+' privilege/.test(message)) return message;
  if (/^CurrentState\[\w+\] operations only allowed/.test(message)) return message;
  return (
    message
      // JSON that can't be read is quoted at length, over several lines.
      .replace(/^((?:Unrecognized token|Unexpected )[^'\n]*)[\s\S]*$/, `$1${MASK}`)
      .replace(/ for values: \[[\s\S]*\]/, '')
      .replace(/\s*The prefix of the first immense term is: [\s\S]*?(?=, original message:|$)/, '')
      .replace(/(For input string: |^Value out of range)[\s\S]*$/, `$1${MASK}`)
      .replace(
        /(Cannot cast (?:value |expression )?)`[\s\S]*`( of type `| to (?:type )?`)/,
        `$1${MASK}$2`,
      )
      .replace(/: "[\s\S]*"( has a type that can't)/, `: ${MASK}$1`)
      .replace(/'[\s\S]*'/, `'${MASK}'`)
      .replace(/\[[\s\S]*\]/, `[${MASK}]`)
      .replace(/\{[\s\S]*\}/, `{${MASK}}`)
  );
}

/** Whatever form the message has: a text that was sent as a parameter doesn't stay in it. */
function maskParameters(message: string, parameters: readonly unknown[]): string {
  let masked = message;
  for (const parameter of parameters) {
    for (const value of Array.isArray(parameter) ? (parameter as unknown[]) : [parameter]) {
      if (typeof value !== 'string' || value.length < 3) continue;
      if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    }
  }
  return masked;
}

/** String literals of a statement are values as well. */
export function redactLiterals(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'/g, `'${MASK}'`);
}
