/** One server of the cluster. */
export interface CrateHost {
  readonly host: string;
  readonly port: number;
}

/** How the server's certificate is checked, and what the client shows of its own. */
export interface CrateTls {
  /**
   * - `full` (default): signed by a known authority, and made for this host name;
   * - `ca`: signed by a known authority;
   * - `none`: encrypted, to whomever answers.
   */
  readonly verify: 'full' | 'ca' | 'none';
  /** Path of a PEM file with the authorities to trust, instead of those that Node trusts. */
  readonly caFile?: string | undefined;
  /** Path of a PEM file with the client's certificate. */
  readonly certFile?: string | undefined;
  /** Path of a PEM file with the client's key. */
  readonly keyFile?: string | undefined;
}

/** Where a CrateDB is and how to connect, as read from a URL. */
export interface CrateUrl {
  /** `pg`: the PostgreSQL wire protocol. `http`: the endpoint `/_sql`. */
  readonly transport: 'pg' | 'http';
  readonly hosts: readonly [CrateHost, ...CrateHost[]];
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  /** Undefined: not encrypted. */
  readonly tls: CrateTls | undefined;
  readonly connectTimeoutMs: number | undefined;
}

const PORTS = { pg: 5432, http: 4200 } as const;

/** Options of CrateDB's Python client that mean nothing here. */
const IGNORED_OPTIONS = new Set(['error_trace', 'pool_size', 'retry_on_timeout']);

const KNOWN_OPTIONS =
  'schema, transport, ssl, sslmode, sslrootcert, sslcert, sslkey, verify_ssl_cert, timeout';

/**
 * Reads `crate://user:password@host:port,host:port/database?schema=…&ssl=true`.
 *
 * Defaults: user `crate`, host `localhost`. Port 4200 means HTTP, as in the URLs of CrateDB's Python
 * programs; any other port, or none (5432), the PostgreSQL wire protocol. `transport=http` or
 * `transport=pg` says so where the ports are others. With several hosts, connections are spread over
 * them, and one that doesn't answer is passed over.
 *
 * Options:
 * - `schema`: where unqualified tables belong;
 * - `ssl=true` (encrypted, certificate and host name checked), `verify_ssl_cert=false` beside it to
 *   accept any certificate; or `sslmode` = `disable`, `require` (encrypted, unchecked), `verify-ca`,
 *   `verify-full`;
 * - `sslrootcert`, `sslcert`, `sslkey` (also `ca_cert`, `cert_file`, `key_file`): paths of PEM files;
 *   the first switches encryption on;
 * - `timeout` in seconds, for connecting.
 *
 * @throws TypeError that names what is wrong, never with the password in it.
 */
export function parseCrateUrl(text: string): CrateUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'crate') {
    throw new TypeError(
      `Not a CrateDB URL: it must begin with crate://${scheme === undefined ? '' : `, not ${scheme}:`}`,
    );
  }
  if (!/^crate:\/\//i.test(text))
    throw new TypeError('Not a CrateDB URL: // is missing after crate:');

  const { first, others } = splitHosts(text);
  const url = parse(first);
  const { transport, ...options } = readOptions(url.searchParams);
  const more = others.map((authority) => parse(`crate://${authority}`));
  const chosen = transport ?? transportOf([url, ...more].map(({ port }) => port));
  const toHost = ({ hostname, port }: URL): CrateHost => ({
    host: decode(hostname, 'host').replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: port === '' ? PORTS[chosen] : Number(port),
  });
  const path = url.pathname.replace(/^\//, '');
  return {
    transport: chosen,
    hosts: [toHost(url), ...more.map(toHost)],
    user: decode(url.username, 'user') || 'crate',
    password: url.password === '' ? undefined : decode(url.password, 'password'),
    database: path === '' ? undefined : decode(path, 'database'),
    ...options,
  };
}

/** A URL has one host: the list is taken apart, and all that belongs to no host stays at the first. */
function splitHosts(text: string): { readonly first: string; readonly others: readonly string[] } {
  const authority = /^crate:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  const [first = '', ...others] = hosts.split(',');
  if (others.length === 0) return { first: text, others };
  if (first === '' || others.includes('')) {
    throw new TypeError('CrateDB URL: a host in the list of hosts is empty.');
  }
  const login = authority.slice(0, authority.length - hosts.length);
  const rest = text.slice('crate://'.length + authority.length);
  return { first: `crate://${login}${first}${rest}`, others };
}

function parse(text: string): URL {
  try {
    // An own scheme may have no host, a web scheme may not; and only the former keeps port 443.
    return new URL(text);
  } catch {
    throw new TypeError(
      'Not a valid CrateDB URL. Expected crate://user:password@host:port/?schema=…, with special characters of user and password percent-encoded.',
    );
  }
}

function transportOf(ports: readonly string[]): CrateUrl['transport'] {
  const http = ports.filter((port) => port === String(PORTS.http)).length;
  if (http > 0 && http < ports.length) {
    throw new TypeError(
      'CrateDB URL: some of the hosts have port 4200 (HTTP) and others not; say transport=http or transport=pg.',
    );
  }
  return http > 0 ? 'http' : 'pg';
}

type Options = Pick<CrateUrl, 'schema' | 'tls' | 'connectTimeoutMs'> & {
  readonly transport: CrateUrl['transport'] | undefined;
};

function readOptions(parameters: URLSearchParams): Options {
  let schema: string | undefined;
  let transport: CrateUrl['transport'] | undefined;
  let encrypted: boolean | undefined;
  let verify: CrateTls['verify'] = 'full';
  let caFile: string | undefined;
  let certFile: string | undefined;
  let keyFile: string | undefined;
  let connectTimeoutMs: number | undefined;
  for (const [name, value] of parameters) {
    switch (name) {
      case 'schema':
        schema = nonEmpty(name, value);
        break;
      case 'transport':
        if (value !== 'pg' && value !== 'http') {
          throw new TypeError('CrateDB URL: transport must be pg or http.');
        }
        transport = value;
        break;
      case 'ssl':
        encrypted = readBoolean(name, value);
        break;
      case 'verify_ssl_cert':
        if (!readBoolean(name, value)) verify = 'none';
        break;
      case 'sslmode':
        ({ encrypted, verify } = readSslMode(value));
        break;
      case 'sslrootcert':
      case 'ca_cert':
        caFile = nonEmpty(name, value);
        break;
      case 'sslcert':
      case 'cert_file':
        certFile = nonEmpty(name, value);
        break;
      case 'sslkey':
      case 'key_file':
        keyFile = nonEmpty(name, value);
        break;
      case 'timeout':
        connectTimeoutMs = readSeconds(value);
        break;
      default:
        if (!IGNORED_OPTIONS.has(name)) {
          throw new TypeError(`CrateDB URL: unknown option '${name}'. Known: ${KNOWN_OPTIONS}.`);
        }
    }
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new TypeError('CrateDB URL: sslcert and sslkey go together.');
  }
  const tls = (encrypted ?? caFile !== undefined) ? { verify, caFile, certFile, keyFile } : undefined;
  return { schema, transport, tls, connectTimeoutMs };
}

function nonEmpty(name: string, value: string): string {
  if (value === '') throw new TypeError(`CrateDB URL: ${name} is empty.`);
  return value;
}

function readBoolean(name: string, value: string): boolean {
  const text = value.toLowerCase();
  if (text === '' || text === 'true' || text === '1' || text === 'yes') return true;
  if (text === 'false' || text === '0' || text === 'no') return false;
  throw new TypeError(`CrateDB URL: ${name} must be true or false.`);
}

/** https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
function readSslMode(value: string): {
  readonly encrypted: boolean;
  readonly verify: CrateTls['verify'];
} {
  switch (value) {
    case 'disable':
      return { encrypted: false, verify: 'full' };
    case 'require':
      return { encrypted: true, verify: 'none' };
    case 'verify-ca':
      return { encrypted: true, verify: 'ca' };
    case 'verify-full':
      return { encrypted: true, verify: 'full' };
    default:
      throw new TypeError(
        'CrateDB URL: sslmode must be disable, require, verify-ca or verify-full.',
      );
  }
}

function readSeconds(value: string): number {
  const seconds = Number(value);
  if (value === '' || !(seconds > 0)) {
    throw new TypeError('CrateDB URL: timeout must be a number of seconds.');
  }
  return Math.ceil(seconds * 1000);
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError(`CrateDB URL: the ${part} is not properly percent-encoded.`);
  }
}
