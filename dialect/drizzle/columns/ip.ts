import { type CrateColumn, crateColumn } from './column-type.js';

/**
 * `IP`: an address of IPv4 or IPv6, as text.
 *
 * @param name default: the key in the table
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-ip
 */
export function ip(name?: string): CrateColumn<string> {
  return crateColumn<string>(name, { type: 'ip' });
}
