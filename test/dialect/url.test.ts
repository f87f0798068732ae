import { describe, expect, it } from 'vitest';

import { CrateDialect, parseCrateUrl } from '../../dialect/index.js';

describe('parseCrateUrl', () => {
  it('has defaults', () => {
    const defaults = {
      transport: 'pg',
      hosts: [{ host: 'localhost', port: 5432 }],
      user: 'crate',
      password: undefined,
      database: undefined,
      schema: undefined,
      tls: undefined,
      connectTimeoutMs: undefined,
    };
    expect(parseCrateUrl('crate://')).toEqual(defaults);
    expect(parseCrateUrl('crate://crate@localhost')).toEqual(defaults);
    expect(parseCrateUrl('crate://localhost/?')).toEqual(defaults);
  });

  it('reads all parts', () => {
    expect(
      parseCrateUrl(
        'crate://jo%40x:p%2Fw%3A@db.example:6543/base?schema=my%20s&ssl=true&timeout=2.5',
      ),
    ).toEqual({
      transport: 'pg',
      hosts: [{ host: 'db.example', port: 6543 }],
      user: 'jo@x',
      password: 'p/w:',
      database: 'base',
      schema: 'my s',
      tls: { verify: 'full' },
      connectTimeoutMs: 2500,
    });
    expect(parseCrateUrl('crate://[::1]:5433').hosts).toEqual([{ host: '::1', port: 5433 }]);
  });

  it('reads several hosts', () => {
    const { hosts, user, password, schema } = parseCrateUrl(
      'crate://jo:p%2Cw@a.example:5433,[::1],b.example:5434/?schema=s',
    );
    expect(hosts).toEqual([
      { host: 'a.example', port: 5433 },
      { host: '::1', port: 5432 },
      { host: 'b.example', port: 5434 },
    ]);
    expect({ user, password, schema }).toEqual({ user: 'jo', password: 'p,w', schema: 's' });
  });

  it.each([
    ['crate://x:4200', 'http', [4200]],
    ['crate://x:4200,y:4200', 'http', [4200, 4200]],
    ['crate://x:4201', 'pg', [4201]],
    ['crate://x:4201,y/?transport=http', 'http', [4201, 4200]],
    ['crate://x:4200,y/?transport=pg', 'pg', [4200, 5432]],
  ])('%s is reached by %s', (url, transport, ports) => {
    const parsed = parseCrateUrl(url);
    expect(parsed.transport).toBe(transport);
    expect(parsed.hosts.map(({ port }) => port)).toEqual(ports);
  });

  it.each([
    ['ssl=false', undefined],
    ['ssl', { verify: 'full' }],
    ['ssl=true&verify_ssl_cert=false', { verify: 'none' }],
    ['sslmode=disable', undefined],
    ['sslmode=require', { verify: 'none' }],
    ['sslmode=verify-ca', { verify: 'ca' }],
    ['sslmode=verify-full', { verify: 'full' }],
    ['sslrootcert=/ca.pem', { verify: 'full', caFile: '/ca.pem' }],
    ['ca_cert=ca.pem&ssl=false', undefined],
    [
      'ssl=true&cert_file=c.pem&key_file=k.pem',
      { verify: 'full', certFile: 'c.pem', keyFile: 'k.pem' },
    ],
  ])('%s', (query, tls) => {
    expect(parseCrateUrl(`crate://x/?${query}`).tls).toEqual(tls);
  });

  it.each([
    ['postgres://u:hunter2@x', 'must begin with crate://, not postgres:'],
    ['localhost:5432', 'must begin with crate://'],
    ['u:hunter2@x', 'must begin with crate://'],
    ['crate:u:hunter2@x', '// is missing'],
    ['crate://u:hunter2@x:notaport', 'Not a valid CrateDB URL'],
    ['crate://u:hunter2@x:99999', 'Not a valid CrateDB URL'],
    ['crate://u:hunter2%@x', 'the password is not properly percent-encoded'],
    ['crate://u:hunter2@x/?shema=y', "unknown option 'shema'"],
    ['crate://u:hunter2@x/?ssl=maybe', 'ssl must be true or false'],
    ['crate://u:hunter2@x/?sslmode=prefer', 'sslmode must be'],
    ['crate://u:hunter2@x/?schema=', 'schema is empty'],
    ['crate://u:hunter2@x/?timeout=soon', 'timeout must be'],
    ['crate://u:hunter2@x,,y', 'a host in the list of hosts is empty'],
    ['crate://u:hunter2@x,y:notaport', 'Not a valid CrateDB URL'],
    ['crate://u:hunter2@x:4200,y', 'some of the hosts have port 4200'],
    ['crate://u:hunter2@x/?transport=ftp', 'transport must be pg or http'],
    ['crate://u:hunter2@x/?sslcert=c.pem', 'sslcert and sslkey go together'],
  ])('refuses %s', (url, message) => {
    let error: unknown;
    try {
      parseCrateUrl(url);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('hunter2');
  });

  it('is read when the dialect is made', () => {
    expect(() => new CrateDialect({ url: 'mysql://x' })).toThrow(TypeError);
  });
});
