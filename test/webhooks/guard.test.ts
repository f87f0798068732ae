import { describe, expect, it } from 'vitest';

import { isPublic } from '../../src/webhooks/addresses.js';
import { type Address, createGuard, type GuardOptions } from '../../src/webhooks/guard.js';

const NOT_PUBLIC = [
  '0.0.0.0',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.0.1',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:0:0',
  '::ffff:10.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  'no address',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '192.167.0.1',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
  '64:ff9b::8.8.8.8',
];

describe('addresses', () => {
  it.each(NOT_PUBLIC)('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(PUBLIC)('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

/** Knows two names, and counts how often it is asked. */
function resolver(hosts: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const resolve = (hostname: string): Promise<readonly Address[]> => {
    asked.push(hostname);
    const addresses = hosts[hostname];
    if (addresses === undefined) {
      return Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    }
    return Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { asked, resolve };
}

const hosts = resolver({
  'good.example': ['8.8.8.8', '2606:4700::1111'],
  'inner.example': ['10.0.0.1'],
  'mixed.example': ['8.8.8.8', '127.0.0.1'],
  'hooks.internal': ['10.1.2.3'],
  'none.example': [],
});

const check = (url: string, options: GuardOptions = {}) =>
  createGuard({ resolve: hosts.resolve, ...options }).check(url);
const message = (text: string) => ({ errorCode: 'INVALID_PARAMETER_VALUE', message: text });

describe('a webhook’s URL', () => {
  it.each(['https://good.example/x', 'HTTPS://GOOD.EXAMPLE', 'https://good.example.:8443/?a=b'])(
    'may be %s',
    async (url) => {
      await expect(check(url)).resolves.toBeUndefined();
    },
  );

  it.each([
    ['http://good.example/', "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
    ['file:///etc/passwd', "Invalid webhook URL scheme: 'file'. Allowed schemes are: https."],
    ['good.example/x', "Invalid webhook URL scheme: ''. Allowed schemes are: https."],
    ['https:///x', "Webhook URL must include a hostname: 'https:///x'"],
    ['https://a b/', "Invalid webhook URL 'https://a b/': it is not a valid URL."],
    [
      'https://unknown.example/',
      "Cannot resolve webhook URL hostname 'unknown.example': ENOTFOUND",
    ],
    [
      'https://none.example/',
      "Cannot resolve webhook URL hostname 'none.example': it has no address",
    ],
  ])('may not be %s', async (url, text) => {
    await expect(check(url)).rejects.toMatchObject(message(text));
  });

  it.each([
    ['https://inner.example/', 'inner.example', '10.0.0.1'],
    ['https://mixed.example/', 'mixed.example', '127.0.0.1'],
    ['https://127.0.0.1/', '127.0.0.1', '127.0.0.1'],
    ['https://user:password@127.0.0.1/', '127.0.0.1', '127.0.0.1'],
    // Other ways to write the same address.
    ['https://0x7f.1/', '127.0.0.1', '127.0.0.1'],
    ['https://2130706433/', '127.0.0.1', '127.0.0.1'],
    ['https://0177.0.0.1/', '127.0.0.1', '127.0.0.1'],
    ['https://①②⑦.0.0.1/', '127.0.0.1', '127.0.0.1'],
    ['https://[::1]/', '::1', '::1'],
    ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1', '::ffff:7f00:1'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254', '169.254.169.254'],
  ])('may not lead inside: %s', async (url, host, address) => {
    await expect(check(url)).rejects.toMatchObject(
      message(
        'Webhook URL must not resolve to a non-public IP address. ' +
          `'${host}' resolves to ${address}.`,
      ),
    );
  });

  it.each([
    ['https://hooks.internal/', ['hooks.internal']],
    ['https://hooks.internal/', ['*.internal']],
    ['https://hooks.internal/', ['10.1.0.0/16']],
    ['https://hooks.internal/', ['10.1.2.3']],
    ['https://127.0.0.1/', ['127.0.0.0/8']],
    ['https://[::ffff:127.0.0.1]/', ['127.0.0.1']],
    ['https://[fd00::1]/', ['fd00::/8']],
  ])('may lead to %s where %j is allowed', async (url, allowedTargets) => {
    await expect(check(url, { allowedTargets })).resolves.toBeUndefined();
  });

  it.each([
    ['https://inner.example/', ['hooks.internal', '10.1.0.0/16']],
    ['https://mixed.example/', ['10.0.0.0/8']],
    ['https://hooks.internal/', ['internal', '*.hooks.internal']],
  ])('may not lead to %s where only %j is allowed', async (url, allowedTargets) => {
    await expect(check(url, { allowedTargets })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });

  it.each([['10.0.0.0/33'], ['10.0.0/8'], ['a b'], ['https://x']])(
    'is refused with an allowed target that is none: %s',
    (target) => {
      expect(() => createGuard({ allowedTargets: [target] })).toThrow(
        `Allowed webhook targets must be host names, addresses or networks: '${target}'`,
      );
    },
  );

  it('is not looked up where private addresses are allowed, as with MLflow', async () => {
    const { asked, resolve } = resolver({});
    const options = { resolve, allowPrivateIps: true, allowedSchemes: ['http', 'https'] };
    await expect(check('http://127.0.0.1/', options)).resolves.toBeUndefined();
    await expect(check('http://unknown.example/', options)).resolves.toBeUndefined();
    expect(asked).toEqual([]);
  });
});
