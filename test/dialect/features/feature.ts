import type { Compilable, CompiledQuery, Kysely, KyselyPlugin } from 'kysely';
import { expect } from 'vitest';

import { CrateError, NotSupportedError, type StatementEvent } from '../../../dialect/index.js';
import { expectAlternative } from './refusal.js';
import type { FeatureDB } from './tables.js';

/** What a feature is tried with. */
export interface FeatureContext {
  readonly db: Kysely<FeatureDB>;
  /** The schema that unqualified tables belong to. */
  readonly schema: string;
  /** Another schema, with a table `place`, in which a feature may make what it likes. */
  readonly otherSchema: string;
  /** What was sent, since the last {@link clear}. */
  readonly sent: readonly StatementEvent[];
  readonly clear: () => void;
  /** The rows of {@link FeatureDB} as they were. */
  readonly reset: () => Promise<void>;
  /** Another instance with the same dialect; closed by whoever runs the features. */
  readonly open: (
    plugins?: KyselyPlugin[],
    log?: (event: LoggedEvent) => void,
  ) => Kysely<FeatureDB>;
}

/** Of Kysely's own log. */
export interface LoggedEvent {
  readonly level: 'query' | 'error';
  readonly query: CompiledQuery;
}

/** One thing that Kysely can say, and what becomes of it on CrateDB. */
export interface Feature {
  readonly feature: string;
  /** How it is written with Kysely. */
  readonly kysely: string;
  readonly expected: Outcome;
  /** Of another spelling: what is sent. Of a difference: what differs. */
  readonly note?: string;
  /** Writes rows of the shared tables, which are reset after it. */
  readonly writes?: boolean;
  /** Compiles or runs what is refused. */
  readonly build?: (db: Kysely<FeatureDB>) => Compilable;
  /** Uses it, and asserts what it did. */
  run(context: FeatureContext): Promise<void>;
}

/**
 * - `pass`: as on PostgreSQL
 * - `spelled`: the same meaning in CrateDB's spelling
 * - `differs`: accepted, and not quite the same
 * - `refused`: by the dialect, before anything is sent
 * - `fails`: by the server, with an error
 */
export type Outcome = 'pass' | 'spelled' | 'differs' | 'refused' | 'fails';

/** As measured: what is written in the list of features. */
export interface Measured {
  readonly outcome: Outcome;
  readonly note: string | undefined;
}

export interface FeatureGroup {
  /** As Kysely's own test suite calls it. */
  readonly group: string;
  readonly features: readonly Feature[];
}

type Run = (context: FeatureContext) => Promise<void>;

/** Passes as it does on PostgreSQL. */
export function passes(feature: string, kysely: string, run: Run): Feature {
  return { feature, kysely, expected: 'pass', run };
}

/** Passes, and changes rows of the shared tables. */
export function writes(feature: string, kysely: string, run: Run): Feature {
  return { ...passes(feature, kysely, run), writes: true };
}

/** The same meaning, in another spelling. */
export function spelled(feature: string, kysely: string, note: string, run: Run): Feature {
  return { feature, kysely, expected: 'spelled', note, run };
}

/** Accepted, with a meaning that isn't quite PostgreSQL's. */
export function differs(feature: string, kysely: string, note: string, run: Run): Feature {
  return { feature, kysely, expected: 'differs', note, run };
}

/** Accepted by the dialect, and refused by the server in all cases that are meant. */
export function fails(feature: string, kysely: string, note: string, run: Run): Feature {
  return {
    feature,
    kysely,
    expected: 'fails',
    note,
    run: (context) => expect(run(context)).rejects.toThrow(CrateError),
  };
}

/** Refused when it is compiled. */
export function refuses(
  feature: string,
  kysely: string,
  build: (db: Kysely<FeatureDB>) => Compilable,
): Feature {
  return {
    feature,
    kysely,
    expected: 'refused',
    build,
    run: async ({ db }) => {
      build(db).compile();
    },
  };
}

/** Refused when it is executed: what is no query. */
export function refusesToRun(feature: string, kysely: string, run: Run): Feature {
  return { feature, kysely, expected: 'refused', run };
}

/** Tries it. Whatever is neither a success nor a refusal by the dialect is thrown on. */
export async function measure(feature: Feature, context: FeatureContext): Promise<Measured> {
  try {
    context.clear();
    await feature.run(context);
    return {
      outcome: feature.expected === 'refused' ? 'pass' : feature.expected,
      note: feature.note,
    };
  } catch (error) {
    if (!(error instanceof NotSupportedError)) throw error;
    // The server's own refusals name no alternative.
    expectAlternative(error);
    expect(context.sent, 'nothing is sent').toEqual([]);
    return { outcome: 'refused', note: error.alternative ?? error.message };
  } finally {
    if (feature.writes === true) await context.reset();
  }
}
