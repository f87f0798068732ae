import type { GenericContainer, StartedTestContainer } from 'testcontainers';

import { untilReady } from './executable.js';
import type { RunningCrate } from './running-crate.js';

const IMAGE = 'crate:latest';
const STARTUP_TIMEOUT_MS = 180_000;
const PORTS = { http: 4200, postgres: 5432 } as const;

/** The part of `testcontainers` that is needed; a test gives one of its own. */
export type Testcontainers = Pick<
  typeof import('testcontainers'),
  'GenericContainer' | 'Wait' | 'getContainerRuntimeClient'
>;

/**
 * CrateDB in a container, by the optional peer dependency `testcontainers`, which is loaded when it
 * is started.
 *
 * ```ts
 * const crate = await new CrateDBContainer('crate:6.0').start();
 * const db = new Kysely<DB>({ dialect: new CrateDialect({ url: crate.url }) });
 * …
 * await crate.stop();
 * ```
 *
 * One node, which keeps its data in the container. `start()` resolves when the server has taken a
 * table and a row: its port, and even `SELECT 1`, answer some seconds before it can.
 *
 * @see https://hub.docker.com/_/crate
 * @see https://node.testcontainers.org
 */
export class CrateDBContainer {
  readonly #image: string;
  readonly #load: () => Promise<Testcontainers>;
  readonly #settings: string[] = ['discovery.type=single-node', 'node.store.allow_mmap=false'];
  #heapSize = process.env['CRATE_HEAP_SIZE'] ?? '512m';
  #configure: (container: GenericContainer) => GenericContainer = (container) => container;

  /**
   * @param image Default: the environment variable CRATEDB_IMAGE, or else `crate:latest`.
   */
  constructor(
    image: string = process.env['CRATEDB_IMAGE'] ?? IMAGE,
    load: () => Promise<Testcontainers> = () => import('testcontainers'),
  ) {
    this.#image = image;
    this.#load = load;
  }

  /** Default: the environment variable CRATE_HEAP_SIZE, or else `512m`. */
  withHeapSize(size: string): this {
    this.#heapSize = size;
    return this;
  }

  /**
   * A setting of the server, such as `path.repo`.
   *
   * @see https://cratedb.com/docs/crate/reference/en/latest/config/index.html
   */
  withSetting(name: string, value: string): this {
    this.#settings.push(`${name}=${value}`);
    return this;
  }

  /** For whatever else a container can have: networks, labels, copied files. */
  configure(configure: (container: GenericContainer) => GenericContainer): this {
    this.#configure = configure;
    return this;
  }

  /** @throws Error when Docker doesn't answer, or CrateDB isn't ready in three minutes */
  async start(): Promise<StartedCrateDBContainer> {
    const { GenericContainer: Container, Wait } = await this.#load();
    const container = this.#configure(
      new Container(this.#image)
        .withCommand(['crate', ...this.#settings.map((setting) => `-C${setting}`)])
        .withEnvironment({ CRATE_HEAP_SIZE: this.#heapSize })
        .withExposedPorts(PORTS.http, PORTS.postgres)
        .withWaitStrategy(Wait.forHttp('/', PORTS.http).forStatusCode(200))
        .withStartupTimeout(STARTUP_TIMEOUT_MS),
    );
    const started = new StartedCrateDBContainer(await container.start());
    try {
      await untilReady(started.url, () => undefined);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }
}

export class StartedCrateDBContainer {
  /** What `testcontainers` gives. */
  readonly container: StartedTestContainer;

  constructor(container: StartedTestContainer) {
    this.container = container;
  }

  /** `crate://crate@host:port/`, over the PostgreSQL wire. */
  get url(): string {
    return this.#url(PORTS.postgres, '');
  }

  /** `crate://crate@host:port/?transport=http`. */
  get httpUrl(): string {
    return this.#url(PORTS.http, '?transport=http');
  }

  #url(port: number, options: string): string {
    const mapped = String(this.container.getMappedPort(port));
    return `crate://crate@${this.container.getHost()}:${mapped}/${options}`;
  }

  async stop(): Promise<void> {
    await this.container.stop();
  }
}

/**
 * A CrateDB in a container, where `testcontainers` is installed and Docker answers; else undefined.
 */
export async function startContainer(): Promise<RunningCrate | undefined> {
  const testcontainers = await import('testcontainers').catch(() => undefined);
  if (testcontainers === undefined) return undefined;
  try {
    await testcontainers.getContainerRuntimeClient();
  } catch {
    return undefined;
  }
  const crate = await new CrateDBContainer(undefined, () => Promise.resolve(testcontainers))
    .withSetting('path.repo', '/tmp')
    .start();
  return { url: crate.url, source: 'container', stop: () => crate.stop() };
}
