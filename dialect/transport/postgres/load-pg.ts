import { CrateError } from '../../errors/index.js';

/** `pg` is loaded here, when it is needed, and nowhere else. */
export async function loadPg(): Promise<typeof import('pg')> {
  try {
    const module = await import('pg');
    return module.default as unknown as typeof import('pg');
  } catch (error) {
    throw new CrateError("The package 'pg' is needed to connect to CrateDB: npm install pg", {
      cause: error,
    });
  }
}
