import { describe, expect, it } from 'vitest';

import { CrateConnectionError } from '../../dialect/index.js';
import { RefreshCoalescer } from '../../dialect/refresh/coalescer.js';

/** A server whose refreshes end when the test says so. */
function fakeServer() {
  const started: string[][] = [];
  const running: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    started,
    run: (tables: readonly string[]) => {
      started.push([...tables].sort());
      return new Promise<void>((resolve, reject) => running.push({ resolve, reject }));
    },
    finish: async (index = 0) => {
      running[index]?.resolve();
      await turn();
    },
    fail: async (error: Error, index = 0) => {
      running[index]?.reject(error);
      await turn();
    },
  };
}

const turn = async () => {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('RefreshCoalescer', () => {
  it('those of one turn share one refresh of the union', async () => {
    const server = fakeServer();
    const coalescer = new RefreshCoalescer();
    const all = [
      coalescer.refresh(['a'], server.run),
      coalescer.refresh(['b', 'a'], server.run),
      coalescer.refresh(['c'], server.run),
    ];
    await turn();
    expect(server.started).toEqual([['a', 'b', 'c']]);
    await server.finish();
    await Promise.all(all);
    expect(server.started).toHaveLength(1);
  });

  it('one who comes while a refresh runs waits for the next, shared by all who came', async () => {
    const server = fakeServer();
    const coalescer = new RefreshCoalescer();
    const done: string[] = [];
    void coalescer.refresh(['a'], server.run).then(() => done.push('first'));
    await turn();
    void coalescer.refresh(['a'], server.run).then(() => done.push('second'));
    await turn();
    void coalescer.refresh(['a', 'b'], server.run).then(() => done.push('third'));
    await turn();
    expect(server.started).toEqual([['a']]);
    await server.finish(0);
    expect(done).toEqual(['first']);
    expect(server.started).toEqual([['a'], ['a', 'b']]);
    await server.finish(1);
    expect(done).toEqual(['first', 'second', 'third']);
  });

  it('refreshes of other tables do not wait', async () => {
    const server = fakeServer();
    const coalescer = new RefreshCoalescer();
    const first = coalescer.refresh(['a'], server.run);
    await turn();
    const second = coalescer.refresh(['b'], server.run);
    await turn();
    expect(server.started).toEqual([['a'], ['b']]);
    await server.finish(1);
    await second;
    await server.finish(0);
    await first;
  });

  it('those who wait are not overtaken forever', async () => {
    const server = fakeServer();
    const coalescer = new RefreshCoalescer();
    void coalescer.refresh(['a'], server.run);
    await turn();
    const waiting = coalescer.refresh(['a', 'b'], server.run);
    await turn();
    // b alone would be free; but then a, b would wait for b, and so on
    const later = coalescer.refresh(['b'], server.run);
    await turn();
    expect(server.started).toEqual([['a']]);
    await server.finish(0);
    expect(server.started).toEqual([['a'], ['a', 'b']]);
    await server.finish(1);
    await Promise.all([waiting, later]);
  });

  it('a broken connection fails its own reader; the others go on over another one', async () => {
    const broken = fakeServer();
    const server = fakeServer();
    const coalescer = new RefreshCoalescer();
    const first = coalescer.refresh(['a'], broken.run);
    const second = coalescer.refresh(['b'], server.run);
    await turn();
    const rejection = expect(first).rejects.toBeInstanceOf(CrateConnectionError);
    await broken.fail(new CrateConnectionError('gone'));
    await rejection;
    expect(server.started).toEqual([['b']]);
    await server.finish();
    await second;
  });

  it('another failure is told to those whom it concerns', async () => {
    const coalescer = new RefreshCoalescer();
    const run = (tables: readonly string[]) =>
      tables.includes('bad') ? Promise.reject(new Error('bad table')) : Promise.resolve();
    const results = await Promise.allSettled([
      coalescer.refresh(['a'], run),
      coalescer.refresh(['bad'], run),
      coalescer.refresh(['b'], run),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await coalescer.refresh(['a'], run);
  });
});
