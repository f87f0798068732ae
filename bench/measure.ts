import type { Case, PreparedCase } from './cases.ts';
import type { Contender } from './contenders/contender.ts';

export interface Measured {
  /** Median of the rounds, ms a call. */
  readonly ms: number;
  /** Statements a call. */
  readonly statements: number | undefined;
}

export type CaseResult = Readonly<Record<Contender['name'], Measured>>;

export interface MeasureOptions {
  /** The first quarter as many come before, and don't count. */
  readonly rounds: number;
}

/**
 * The contenders take turns, round by round, each round beginning with another one: what else the
 * machine does hits all of them alike.
 */
export async function measureCase(
  contenders: readonly Contender[],
  measured: Case,
  { rounds }: MeasureOptions,
): Promise<CaseResult> {
  const racers = [];
  for (const contender of contenders) {
    const experimentId = await contender.createExperiment(`bench ${crypto.randomUUID()}`);
    racers.push({
      contender,
      prepared: await measured.prepare(contender, experimentId),
      times: [] as number[],
      statements: undefined as number | undefined,
    });
  }
  const warmUp = Math.ceil(rounds / 4);
  for (let round = 0; round < warmUp + rounds; round++) {
    for (let turn = 0; turn < racers.length; turn++) {
      const racer = racers[(round + turn) % racers.length]!;
      const { ms, statements } = await timeRound(racer.contender, racer.prepared);
      racer.statements = statements;
      if (round >= warmUp) racer.times.push(ms);
    }
  }
  return Object.fromEntries(
    racers.map(({ contender, times, statements }) => [
      contender.name,
      { ms: median(times), statements },
    ]),
  ) as unknown as CaseResult;
}

async function timeRound(contender: Contender, prepared: PreparedCase): Promise<Measured> {
  await prepared.before?.();
  const sentBefore = contender.statements();
  const start = performance.now();
  await prepared.round();
  const ms = (performance.now() - start) / prepared.calls;
  const sent = contender.statements();
  return {
    ms,
    statements:
      sent === undefined || sentBefore === undefined
        ? undefined
        : (sent - sentBefore) / prepared.calls,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
