import { describe, expect, it } from 'vitest';

import { CrateDialect, parseCrateUrl } from '../../dialect/index.js';

describe('parseCrateUrl', () => {
  it('has defaults', () => {
    const defaults = {
      host: 'localhost',
      port: 5432,
      user: 'crate',
      password: undefined,
      database: undefined,
      schema: undefined,
      ssl: false,
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
      host: 'db.example',
      port: 6543,
      user: 'jo@x',
      password: 'p/w:',
      database: 'base',
      schema: 'my s',
      ssl: true,
      connectTimeoutMs: 2500,
    });
    expect(parseCrateUrl('crate://[::1]:5433').host).toBe('::1');
    expect(parseCrateUrl('crate://[::1]:5433').port).toBe(5433);
  });

  it("takes CrateDB's HTTP port for its PostgreSQL port", () => {
    expect(parseCrateUrl('crate://crate@localhost:4200').port).toBe(5432);
    expect(parseCrateUrl('crate://crate@localhost:4201').port).toBe(4201);
  });

  it.each([
    ['ssl=false', false],
    ['ssl', true],
    ['ssl=true&verify_ssl_cert=false', { rejectUnauthorized: false }],
    ['sslmode=disable', false],
    ['sslmode=require', { rejectUnauthorized: false }],
    ['sslmode=verify-full', true],
  ])('%s', (query, ssl) => {
    expect(parseCrateUrl(`crate://x/?${query}`).ssl).toEqual(ssl);
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
