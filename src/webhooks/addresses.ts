/** Which addresses are public: what a webhook may lead to unless it is allowed by name. */
import { BlockList, isIP } from 'node:net';

/**
 * What is not for the whole internet, by IANA's registries, and the addresses at which clouds hand
 * their machines credentials.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Of what is unicast at all. @see https://www.iana.org/assignments/iana-ipv6-special-registry/ */
const UNICAST_6 = '2000::/3';
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** Where an IPv4 address is written in the last 32 bits: mapped, and NAT64. */
const EMBEDDED_4 = ['::ffff:0:0/96', '64:ff9b::/96'];

const notPublic4 = networks(NOT_PUBLIC_4);
const unicast6 = networks([UNICAST_6]);
const notPublic6 = networks(NOT_PUBLIC_6);
const embedded4 = networks(EMBEDDED_4);

/** @throws TypeError where one is neither an address nor a network such as `10.0.0.0/8`. */
export function networks(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const prefix = bits === undefined ? longest : Number(bits);
    if (version === 0 || !/^\d+$/.test(bits ?? '0') || prefix > longest) {
      throw new TypeError(`'${text}' is no address and no network, such as 10.0.0.0/8.`);
    }
    list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Whether the list has the address, also where it is an IPv4 address written as IPv6. */
export function has(list: BlockList, address: string): boolean {
  if (isIP(address) === 4) return list.check(address, 'ipv4');
  const inner = embeddedIn(address);
  return list.check(address, 'ipv6') || (inner !== undefined && list.check(inner, 'ipv4'));
}

export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic4.check(address, 'ipv4');
    case 6: {
      const inner = embeddedIn(address);
      if (inner !== undefined) return isPublic(inner);
      return unicast6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
    }
    default:
      return false;
  }
}

function embeddedIn(address: string): string | undefined {
  if (!embedded4.check(address, 'ipv6')) return undefined;
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  if (dotted !== undefined) return dotted;
  // URL writes it as two groups of hex, and leaves out zeros.
  const host = new URL(`http://[${address.split('%', 1)[0] ?? ''}]`).hostname.slice(1, -1);
  const groups = host.split('::');
  const tail = (groups.at(-1) ?? '').split(':').map((group) => parseInt(group || '0', 16));
  const [low = 0, high = 0] = tail.reverse();
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
