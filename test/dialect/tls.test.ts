import { inspect } from 'node:util';

import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { CrateConnectionError, CrateDialect, parseCrateUrl } from '../../dialect/index.js';
import {
  AUTHORITY,
  CERTIFICATE,
  KEY,
  openTlsProxy,
  OTHER_AUTHORITY,
  type TlsProxy,
} from './tls-proxy.js';
import { transports, transportUrl } from './transport-url.js';

const crateUrl = inject('crateUrl');
const PASSWORD = 'hunter2-S3cr3t';

describe.skipIf(crateUrl === undefined).each(transports)('TLS (CrateDB, %s)', (transport) => {
  let proxy: TlsProxy;
  let user: string;

  beforeAll(async () => {
    const url = await transportUrl(crateUrl!, transport);
    proxy = await openTlsProxy(url, transport);
    ({ user } = parseCrateUrl(url));
  });
  afterAll(async () => {
    await proxy.close();
  });

  async function read(host: string, options: string, login = user): Promise<unknown> {
    const url = `crate://${login}@${host}:${String(proxy.port)}/?transport=${transport}&${options}`;
    const db = new Kysely<unknown>({ dialect: new CrateDialect({ url }) });
    try {
      return (await sql`select 1 as one`.execute(db)).rows;
    } finally {
      await db.destroy();
    }
  }

  it.each([
    ['ssl=true with the authority', 'localhost', `ssl=true&sslrootcert=${AUTHORITY}`],
    ['verify-full', 'localhost', `sslmode=verify-full&sslrootcert=${AUTHORITY}`],
    ['verify-ca, by another name', '127.0.0.1', `sslmode=verify-ca&sslrootcert=${AUTHORITY}`],
    ['require, of an unknown authority, by another name', '127.0.0.1', 'sslmode=require'],
    ['verify_ssl_cert=false', '127.0.0.1', 'ssl=true&verify_ssl_cert=false'],
  ])('%s', async (_name, host, options) => {
    expect(await read(host, options)).toEqual([{ one: 1 }]);
  });

  it('shows a certificate of its own', async () => {
    const own = `sslcert=${CERTIFICATE}&sslkey=${KEY}`;
    await read('localhost', `sslmode=verify-full&sslrootcert=${AUTHORITY}&${own}`);
    expect(proxy.shown).toContain('localhost');
  });

  it.each([
    ['an authority that is not trusted', 'localhost', 'ssl=true', /self-signed|unable to/],
    [
      'another authority',
      'localhost',
      `sslmode=verify-full&sslrootcert=${OTHER_AUTHORITY}`,
      /unable to|self-signed/,
    ],
    [
      'another authority, verify-ca',
      'localhost',
      `sslmode=verify-ca&sslrootcert=${OTHER_AUTHORITY}`,
      /unable to|self-signed/,
    ],
    [
      'another name',
      '127.0.0.1',
      `sslmode=verify-full&sslrootcert=${AUTHORITY}`,
      /Hostname\/IP does not match/,
    ],
  ])('refuses %s, and tells no password', async (_name, host, options, reason) => {
    const error: unknown = await read(host, options, `${user}:${PASSWORD}`).catch(
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(CrateConnectionError);
    expect(error).toMatchObject({ outcomeUnknown: false });
    expect((error as Error).message).toMatch(reason);
    const printed = inspect(error, { depth: 9, showHidden: true });
    expect(printed).not.toContain(PASSWORD);
    expect(printed).not.toContain(Buffer.from(`${user}:${PASSWORD}`).toString('base64'));
  });

  it('a file that is missing is named', async () => {
    await expect(read('localhost', 'sslrootcert=/nowhere/ca.pem')).rejects.toThrow(/nowhere\/ca.pem/);
  });
});
