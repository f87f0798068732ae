import type { RunningCrate } from './running-crate.js';

const IMAGE = 'crate:latest';

/**
 * Starts CrateDB in a container by the optional package `testcontainers`; undefined where that
 * isn't installed or no Docker answers. The image is `crate:latest`, or CRATEDB_IMAGE.
 *
 * @see https://hub.docker.com/_/crate
 */
export async function startContainer(): Promise<RunningCrate | undefined> {
  const testcontainers = await import('testcontainers').catch(() => undefined);
  if (testcontainers === undefined) return undefined;
  const { GenericContainer, Wait, getContainerRuntimeClient } = testcontainers;
  try {
    await getContainerRuntimeClient();
  } catch {
    return undefined;
  }

  const image = process.env['CRATEDB_IMAGE'] ?? IMAGE;
  const container = await new GenericContainer(image)
    .withCommand(['crate', '-Cdiscovery.type=single-node', '-Cnode.store.allow_mmap=false'])
    .withEnvironment({ CRATE_HEAP_SIZE: process.env['CRATE_HEAP_SIZE'] ?? '512m' })
    .withExposedPorts(4200, 5432)
    .withWaitStrategy(Wait.forHttp('/', 4200).forStatusCode(200))
    .withStartupTimeout(180_000)
    .start();
  const url = `crate://crate@${container.getHost()}:${String(container.getMappedPort(5432))}/`;
  return {
    url,
    source: `container of ${image}`,
    stop: async () => {
      await container.stop();
    },
  };
}
