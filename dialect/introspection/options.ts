/** `{ translog: { durability: 'REQUEST' } }` as `{ 'translog.durability': 'REQUEST' }`. */
export function dottedOptions(settings: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(dottedOptions(value, `${prefix}${name}.`))
        : [[`${prefix}${name}`, value] as const],
    ),
  );
}
