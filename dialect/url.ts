/** Where a CrateDB is and how to connect, as read from a URL. */
export interface CrateUrl {
  readonly host: string;
  /** Port of the PostgreSQL wire protocol. */
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly ssl: boolean | { readonly rejectUnauthorized: boolean };
  readonly connectTimeoutMs: number | undefined;
}

const POSTGRES_PORT = 5432;
const HTTP_PORT = 4200;

/** Options of CrateDB's Python client that mean nothing on the PostgreSQL wire. */
const HTTP_ONLY_OPTIONS = new Set(['error_trace', 'pool_size', 'retry_on_timeout']);

/**
 * Reads `crate://user:password@host:port/database?schema=…&ssl=true`.
 *
 * Defaults: user `crate`, host `localhost`, port 5432. Such URLs are shared with CrateDB's Python
 * programs, which connect over HTTP, port 4200; this dialect speaks the PostgreSQL wire protocol.
 * So a URL without a port means 5432, and an explicit `:4200` is read as 5432 on the same host. A
 * server whose PostgreSQL port is another one needs it in the URL.
 *
 * Options: `schema`; `ssl=true` (encrypted, certificate checked), `verify_ssl_cert=false` beside it
 * to accept any certificate; or `sslmode` = `disable`, `require` (encrypted, unchecked),
 * `verify-ca`, `verify-full`; `timeout` in seconds for connecting.
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

  let url: URL;
  try {
    // An own scheme may have no host, a web scheme may not; and only the former keeps port 443.
    url = new URL(text);
  } catch {
    throw new TypeError(
      'Not a valid CrateDB URL. Expected crate://user:password@host:port/?schema=…, with special characters of user and password percent-encoded.',
    );
  }

  const options = readOptions(url.searchParams);
  const path = url.pathname.replace(/^\//, '');
  return {
    host: decode(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: readPort(url.port),
    user: decode(url.username, 'user') || 'crate',
    password: url.password === '' ? undefined : decode(url.password, 'password'),
    database: path === '' ? undefined : decode(path, 'database'),
    ...options,
  };
}

function readPort(text: string): number {
  if (text === '') return POSTGRES_PORT;
  const port = Number(text);
  return port === HTTP_PORT ? POSTGRES_PORT : port;
}

function readOptions(
  parameters: URLSearchParams,
): Pick<CrateUrl, 'schema' | 'ssl' | 'connectTimeoutMs'> {
  let schema: string | undefined;
  let ssl: CrateUrl['ssl'] = false;
  let verify = true;
  let connectTimeoutMs: number | undefined;
  for (const [name, value] of parameters) {
    switch (name) {
      case 'schema':
        if (value === '') throw new TypeError('CrateDB URL: schema is empty.');
        schema = value;
        break;
      case 'ssl':
        ssl = readBoolean(name, value);
        break;
      case 'verify_ssl_cert':
        verify = readBoolean(name, value);
        break;
      case 'sslmode':
        ssl = readSslMode(value);
        break;
      case 'timeout':
        connectTimeoutMs = readSeconds(value);
        break;
      default:
        if (!HTTP_ONLY_OPTIONS.has(name)) {
          throw new TypeError(
            `CrateDB URL: unknown option '${name}'. Known: schema, ssl, verify_ssl_cert, sslmode, timeout.`,
          );
        }
    }
  }
  return {
    schema,
    ssl: ssl === true && !verify ? { rejectUnauthorized: false } : ssl,
    connectTimeoutMs,
  };
}

function readBoolean(name: string, value: string): boolean {
  const text = value.toLowerCase();
  if (text === '' || text === 'true' || text === '1' || text === 'yes') return true;
  if (text === 'false' || text === '0' || text === 'no') return false;
  throw new TypeError(`CrateDB URL: ${name} must be true or false.`);
}

function readSslMode(value: string): CrateUrl['ssl'] {
  switch (value) {
    case 'disable':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-ca':
    case 'verify-full':
      return true;
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
