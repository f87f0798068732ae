import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly exports: Record<string, string | { types: string; default: string }>;
  readonly bin: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

/** The tarball that `npm publish` would send, and a project that has it installed. */
export interface Packed {
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  /** Paths inside the package. */
  readonly files: readonly string[];
  /** A folder whose node_modules holds the package and what it depends on. */
  readonly project: string;
  /** The package's folder in there. */
  readonly installed: string;
  remove(): Promise<void>;
}

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
}

/** Packs what `npm test` has built: building here would pull dist from under other tests. */
export async function pack(): Promise<Packed> {
  const manifest = await readManifest();
  const folder = await mkdtemp(join(tmpdir(), 'mlflow-cratedb-pack-'));
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: root, maxBuffer: 2 ** 24 },
  );
  const [{ filename, size, files }] = JSON.parse(stdout);
  const tarball = join(folder, filename);

  const modules = join(folder, 'node_modules');
  const installed = join(modules, manifest.name);
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }

  return {
    tarball,
    size,
    files: files.map((file: { path: string }) => file.path),
    project: folder,
    installed,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
