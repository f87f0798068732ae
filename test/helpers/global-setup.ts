// Only so that the augmentation below finds its module.
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';

import { findCrate } from '../../dialect/testing/index.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of a CrateDB to test on, or undefined where there is none. */
    crateUrl: string | undefined;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const crate = await findCrate();
  project.provide('crateUrl', crate?.url);
  console.log(
    crate === undefined
      ? 'CrateDB: none found, its tests are skipped (set CRATEDB_URL, or put `crate` on PATH)'
      : `CrateDB: ${crate.source}`,
  );
  return async () => {
    await crate?.stop();
  };
}
