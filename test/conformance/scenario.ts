import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Parts of the scenario, in the order in which they run: the modules below `groups/`. */
export const GROUPS = [
  'server',
  'experiments',
  'experiment_search',
  'runs',
  'metrics',
  'params_and_tags',
  'batches',
  'inputs',
  'artifacts',
  'run_search',
  'fluent',
  'logged_models',
  'registry',
  'prompts',
  'traces',
  'model_artifacts',
  'webhooks',
] as const;

/** What one call of the stock client, or one request, answered. */
export interface Step {
  readonly group: string;
  readonly step: string;
  readonly [field: string]: unknown;
}

export interface ScenarioOptions {
  readonly python: string;
  readonly url: string;
  /** The folder that the server keeps artifacts in: its name is taken out of the answers. */
  readonly artifacts: string;
  /** A folder for the result. */
  readonly folder: string;
}

const TIMEOUT_MS = 300_000;

/** Runs the scenario with the stock Python client against a server. */
export async function runScenario(options: ScenarioOptions): Promise<readonly Step[]> {
  const out = join(options.folder, 'answers.json');
  await promisify(execFile)(
    options.python,
    [
      join(import.meta.dirname, 'scenario.py'),
      ...['--server', options.url, '--out', out, '--artifacts', options.artifacts],
      ...GROUPS,
    ],
    {
      cwd: options.folder,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      timeout: TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return JSON.parse(await readFile(out, 'utf8')) as readonly Step[];
}
