import type { OperationNode } from 'kysely';

import { NotSupportedError } from '../../errors/index.js';

/** One thing that CrateDB lacks, or takes for something else than PostgreSQL does. */
export interface Refusal {
  /** Completes 'CrateDB has no …'. */
  readonly what: string;
  /** What to do instead, in sentences. */
  readonly instead: string;
}

/** A refusal, and when a node of this kind is one. Without a condition: always. */
interface Rule<Node extends OperationNode> extends Refusal {
  readonly when?: (node: Node, parent: OperationNode | undefined) => boolean;
}

/** All rules of one kind of node, or a function that looks one up. */
export type Rules<Node extends OperationNode> =
  readonly Rule<Node>[] | ((node: Node, parent: OperationNode | undefined) => Refusal | undefined);

export type KindRules = readonly [OperationNode['kind'], Rules<OperationNode>];

/** The one place where the kind's name stands for its type. */
export function rulesOf<Node extends OperationNode>(
  kind: Node['kind'],
  rules: Rules<Node>,
): KindRules {
  return [kind, rules as Rules<OperationNode>];
}

export function refused({ what, instead }: Refusal): NotSupportedError {
  return new NotSupportedError(`CrateDB has no ${what}. ${instead}`, {
    feature: what,
    alternative: instead,
  });
}
