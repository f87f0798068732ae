import { createServer } from 'node:net';

import type { StartedTestContainer } from 'testcontainers';
import { describe, expect, inject, it, vi } from 'vitest';

import { CrateDBContainer } from '../../dialect/testing/index.js';
import { parseCrateUrl } from '../../dialect/index.js';

const crateUrl = inject('crateUrl');
type Load = NonNullable<ConstructorParameters<typeof CrateDBContainer>[1]>;

/** As testcontainers does, but the container is a server that is there already. */
function standIn({ host, port }: { host: string; port: number }) {
  const calls: [string, unknown][] = [];
  const stop = vi.fn(() => Promise.resolve());
  class Container {
    constructor(image: string) {
      calls.push(['image', image]);
    }
    readonly withCommand = (command: string[]) => this.#note('command', command);
    readonly withEnvironment = (environment: object) => this.#note('environment', environment);
    readonly withExposedPorts = (...ports: number[]) => this.#note('ports', ports);
    readonly withWaitStrategy = (strategy: unknown) => this.#note('wait', strategy);
    readonly withStartupTimeout = (ms: number) => this.#note('timeout', ms);
    readonly withLabels = (labels: object) => this.#note('labels', labels);
    readonly start = () =>
      Promise.resolve({ getHost: () => host, getMappedPort: () => port, stop } as unknown as StartedTestContainer);
    #note(name: string, value: unknown): this {
      calls.push([name, value]);
      return this;
    }
  }
  const Wait = { forHttp: (path: string, port_: number) => ({ forStatusCode: (code: number) => ({ path, port: port_, code }) }) };
  const load = (() => Promise.resolve({ GenericContainer: Container, Wait })) as unknown as Load;
  return { load, stop, call: (name: string) => calls.find(([called]) => called === name)?.[1] };
}

describe.skipIf(crateUrl === undefined)('CrateDBContainer (CrateDB)', () => {
  it('is configured, and started when the server takes tables', async () => {
    const target = parseCrateUrl(crateUrl ?? 'crate://none').hosts[0];
    const { load, stop, call } = standIn(target);
    const crate = await new CrateDBContainer('crate:6.0', load)
      .withHeapSize('1g')
      .withSetting('path.repo', '/repositories')
      .configure((container) => container.withLabels({ purpose: 'test' }))
      .start();
    expect(call('image')).toBe('crate:6.0');
    expect(call('command')).toEqual([
      'crate',
      '-Cdiscovery.type=single-node',
      '-Cnode.store.allow_mmap=false',
      '-Cpath.repo=/repositories',
    ]);
    expect(call('environment')).toEqual({ CRATE_HEAP_SIZE: '1g' });
    expect(call('ports')).toEqual([4200, 5432]);
    expect(call('labels')).toEqual({ purpose: 'test' });
    expect(crate.url).toBe(`crate://crate@${target.host}:${String(target.port)}/`);
    expect(parseCrateUrl(crate.httpUrl).transport).toBe('http');
    expect(stop).not.toHaveBeenCalled();
    await crate.stop();
    expect(stop).toHaveBeenCalledOnce();
  });
});

describe('CrateDBContainer', () => {
  it('is not started while the server only accepts connections', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const server = createServer((socket) => {
      // Two minutes later, as the clock has it.
      vi.advanceTimersByTime(60_001);
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { load, stop } = standIn({ host: '127.0.0.1', port });
    try {
      await expect(new CrateDBContainer('crate:6.0', load).start()).rejects.toThrow('not ready after 120 s');
      expect(stop).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
      server.close();
    }
  });
});
