import { createHash } from 'node:crypto';

import type { SourceRow } from '../contract.js';

/** The edge between a run and a model that it took or made, as the SQL store has it. */
export function modelEdge(
  id: string,
  kind: 'INPUT' | 'OUTPUT',
  runId: string,
  modelId: string,
  step: string,
): SourceRow {
  return {
    input_uuid: id,
    source_type: `RUN_${kind}`,
    source_id: runId,
    destination_type: `MODEL_${kind}`,
    destination_id: modelId,
    step,
  };
}

/** An id of 32 digits that is the same in each import. */
export function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
