import type { ClientConfig } from 'pg';

/** What a server on the PostgreSQL wire says of itself. */
export interface ServerAnswer {
  /** For example `CrateDB 6.4.3 (built …)` or `PostgreSQL 17.2 on …`. */
  readonly version: string;
  readonly isCrate: boolean;
}

/**
 * Runs statements one after the other on a connection of their own and returns the last rows.
 * `pg` is loaded by the call, so that importing this file does not need it.
 */
export async function runOnce(
  url: string,
  statements: readonly string[],
): Promise<Record<string, unknown>[]> {
  const { Client } = (await import('pg')).default;
  const client = new Client(clientConfig(url));
  // Without a listener, a connection lost between two statements would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) {
      rows = (await client.query<Record<string, unknown>>(statement)).rows;
    }
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Asks for the version; undefined when nothing that speaks the PostgreSQL wire answers. */
export async function askVersion(url: string): Promise<ServerAnswer | undefined> {
  try {
    const version = (await runOnce(url, ['SELECT version() AS version']))[0]?.['version'];
    if (typeof version !== 'string') return undefined;
    return { version, isCrate: version.startsWith('CrateDB') };
  } catch {
    return undefined;
  }
}

function clientConfig(url: string): ClientConfig {
  const { hostname, port, username, password, searchParams } = new URL(url);
  const ssl = searchParams.get('ssl');
  return {
    // A hostname in brackets is an IPv6 address, which the socket wants bare.
    host: hostname === '' ? 'localhost' : hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 5432 : Number(port),
    user: username === '' ? 'crate' : decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: 'doc',
    connectionTimeoutMillis: 3_000,
    ...(ssl === 'true' || ssl === 'require' ? { ssl: true } : {}),
  };
}
