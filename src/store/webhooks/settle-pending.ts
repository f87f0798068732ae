/**
 * What becomes of an event whose server died while it made the change. It is told, unless what
 * stands proves that the change was not made: rather an event too many than one too few.
 */
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { readName, wasGivenUp } from '../registry/names.js';
import { findModelById } from '../registry/write.js';

/** By what it shows whether a change was made. Numbers of 64 bits are text: JSON has none. */
export type Proof =
  /** A model is seen once the row of its name is no longer `creating`. */
  | { readonly kind: 'model'; readonly name: string; readonly generation: string }
  /** A version has its row, for good. */
  | { readonly kind: 'version'; readonly modelId: string; readonly version: number };

export function modelProof(name: string, generation: Int64): Proof {
  return { kind: 'model', name, generation: String(generation) };
}

/** `later`: the model is being renamed; ask again. */
export type Verdict = 'made' | 'not made' | 'unknown' | 'later';

export async function judge(context: StoreContext, proof: string | null): Promise<Verdict> {
  if (proof === null) return 'unknown';
  const parsed = JSON.parse(proof) as Proof;
  switch (parsed.kind) {
    case 'model': {
      const row = await readName(context, parsed.name);
      if (row === undefined) return 'unknown';
      if (wasGivenUp(row, BigInt(parsed.generation))) return 'not made';
      // Its name has had another model since; it may have been renamed or deleted.
      if (String(row.generation) !== parsed.generation) return 'unknown';
      return row.state === 'creating' ? 'not made' : 'made';
    }
    case 'version':
      return judgeVersion(context, parsed.modelId, parsed.version);
  }
}

async function judgeVersion(
  context: StoreContext,
  modelId: string,
  version: number,
): Promise<Verdict> {
  const model = await findModelById(context, modelId);
  // Deleted since, or being renamed.
  if (model === undefined) return 'unknown';
  if (model.isMoving) return 'later';
  const row = await context.db
    .selectFrom('model_versions')
    .select('generation')
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row?.generation === model.generation) return 'made';
  // A rename since the first look takes the rows elsewhere.
  const now = await readName(context, model.name);
  return now?.generation === model.generation && now.state === 'live' ? 'not made' : 'later';
}
