/**
 * Who bears which name, without transactions.
 *
 * All tables of the registry have a model's name in their primary keys, so that a rename must copy
 * the rows and a delete must remove them. What is *seen* is decided by one row a name in
 * `registered_model_names`, which is never deleted and changes only by compare-and-set:
 *
 * - Each *tenure* of a model under a name has a `generation`, a number that never comes again.
 * Every row of the registry carries the generation it was written for, and counts only while the
 * name's row says so. What a crash or a writer that comes too late leaves behind is therefore never
 * seen by the next model of that name, and a row of an older tenure never replaces one of a newer.
 * - A model has a `model_id` that it keeps through renames; its version numbers are counted by it.
 *
 * ```
 * state      seen   meaning
 * creating   no     its creator writes the rows; who wants the name gives up on it after 2 s
 *                   (`peer` is the name itself: rows of another program are being taken in)
 * live       yes
 * moving     yes    a rename to `peer` copies the rows there, as generation `peer_generation`
 * moved      no     the rename is done to the eye; its old rows are being removed
 * arriving   when   `peer`, which is generation `peer_generation` there, has `moved`
 * deleting   no     the rows are being removed
 * free       no     anybody may take the name
 * ```
 *
 * A rename is seen by the single write moving -> moved of the old name's row: it hides the old name
 * and shows the new one at once, never both, never neither. See rename.ts for its steps, write.ts
 * for how no acknowledged write is lost to one, and read.ts for how reads over several statements
 * see one state.
 */
import { randomUUID } from 'node:crypto';

import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { nextValue } from '../sql/sequence.js';

export type NameState =
  | 'creating'
  | 'live'
  | 'moving'
  | 'moved'
  | 'arriving'
  | 'deleting'
  | 'free';

export interface NameRow {
  readonly name: string;
  readonly generation: Int64;
  readonly state: NameState;
  readonly model_id: string;
  readonly peer: string | null;
  /**
   * Without a peer: the claims of the name from this generation on, up to the row's own, were given
   * up on before their models were seen; see {@link wasGivenUp}.
   */
  readonly peer_generation: Int64 | null;
}

/** A model under the name that it has now. */
export interface Tenure {
  readonly name: string;
  readonly generation: Int64;
  readonly modelId: string;
  /** A rename is copying: what is written now may come too late for it. */
  readonly isMoving: boolean;
}

export const NAME_COLUMNS = [
  'name',
  'generation',
  'state',
  'model_id',
  'peer',
  'peer_generation',
] as const;

export function newModelId(): string {
  return randomUUID();
}

export function nextGeneration(context: StoreContext): Promise<Int64> {
  return nextValue(context, 'registered-models');
}

/** By primary key: the newest version, without a refresh. */
export async function readName(context: StoreContext, name: string): Promise<NameRow | undefined> {
  const row = await context.db
    .selectFrom('registered_model_names')
    .select(NAME_COLUMNS)
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .executeTakeFirst();
  return row as NameRow | undefined;
}

/**
 * Whether a creation of the name is known to have come to nothing: whoever took its claim over left
 * that in the row. False where the row tells nothing of it.
 */
export function wasGivenUp(row: NameRow, generation: Int64): boolean {
  if (row.peer !== null || row.peer_generation === null) return false;
  return row.peer_generation <= generation && generation < row.generation;
}

/** The model that is seen under the name; `undefined` where none is. */
export async function findModel(context: StoreContext, name: string): Promise<Tenure | undefined> {
  for (;;) {
    const row = await readName(context, name);
    switch (row?.state) {
      case 'live':
      case 'moving':
        return tenureOf(row);
      case 'arriving': {
        const old = await readName(context, row.peer ?? '');
        const arrival = arrivalOf(row, old);
        if (arrival === 'shown') return tenureOf(row);
        if (arrival === 'hidden') return undefined;
        // The rename has gone on since the first read.
        break;
      }
      default:
        return undefined;
    }
  }
}

/**
 * Whether an arriving name is seen, which its old name's row says. `unknown`: that row has gone on
 * to something else, which it does only after the arrival is settled; read both again.
 */
export function arrivalOf(
  arriving: NameRow,
  old: NameRow | undefined,
): 'shown' | 'hidden' | 'unknown' {
  if (old === undefined || old.generation !== arriving.peer_generation) return 'unknown';
  if (old.state === 'live') return 'hidden';
  if (old.state !== 'moving' && old.state !== 'moved') return 'unknown';
  if (old.peer_generation !== arriving.generation) {
    return old.state === 'moving' ? 'hidden' : 'unknown';
  }
  return old.state === 'moved' ? 'shown' : 'hidden';
}

/** Whether the same tenure is still seen. */
export function isSame(row: NameRow | undefined, { generation }: Tenure): boolean {
  if (row?.generation !== generation) return false;
  // An arriving one was seen before, and what has moved doesn't move back.
  return row.state === 'live' || row.state === 'moving' || row.state === 'arriving';
}

/** Whether another program's model is about to be shown, see take-in.ts. */
export function isBeingTakenIn(
  row: NameRow | undefined,
): row is NameRow & { readonly state: 'creating' } {
  return row?.state === 'creating' && row.peer === row.name;
}

function tenureOf(row: NameRow): Tenure {
  const { name, generation, state } = row;
  return { name, generation, modelId: row.model_id, isMoving: state === 'moving' };
}

/** What a claim writes; the name is held by it until it is freed. */
export interface Claim extends Omit<NameRow, 'state'> {
  readonly state: 'creating' | 'arriving';
}

/**
 * Takes a name in one atomic statement, where nobody holds it, and answers what stands: the claim
 * itself, or what is in its way.
 * @param instead the generation of a row that was given up on and may be replaced.
 */
export async function claimName(
  context: StoreContext,
  claim: Claim,
  instead?: Int64,
): Promise<NameRow> {
  const row = await context.db
    .insertInto('registered_model_names')
    .values({ workspace: context.workspace, ...claim })
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'name']).doUpdateSet((eb) => {
        const isFree = eb('registered_model_names.state', '=', 'free');
        const isGivenUp = eb.and([
          eb('registered_model_names.generation', '=', instead ?? 0),
          eb('registered_model_names.state', 'in', ['creating', 'arriving']),
        ]);
        // What was given up on: with what that one had given up on itself, in one row.
        const givenUpFrom = eb
          .case()
          .when('registered_model_names.peer', 'is', null)
          .then(
            eb.fn.coalesce(
              'registered_model_names.peer_generation',
              'registered_model_names.generation',
            ),
          )
          .else(eb.ref('registered_model_names.generation'))
          .end();
        // A generation is never given to a name twice, nor an older one after a newer.
        const isNewer = eb('registered_model_names.generation', '<', eb.ref('excluded.generation'));
        const mayTake = eb.and([eb.or([isFree, isGivenUp]), isNewer]);
        const ifTaken = <Column extends Exclude<keyof NameRow, 'name'>>(column: Column) =>
          eb
            .case()
            .when(mayTake)
            .then(eb.ref(`excluded.${column}`))
            .else(eb.ref(`registered_model_names.${column}`))
            .end();
        return {
          generation: ifTaken('generation'),
          state: ifTaken('state'),
          model_id: ifTaken('model_id'),
          peer: ifTaken('peer'),
          peer_generation:
            claim.peer === null
              ? eb
                  .case()
                  .when(eb.and([mayTake, isGivenUp]))
                  .then(givenUpFrom)
                  .else(ifTaken('peer_generation'))
                  .end()
              : ifTaken('peer_generation'),
        };
      }),
    )
    .returning(NAME_COLUMNS)
    .executeTakeFirstOrThrow();
  return row as NameRow;
}

export interface NameChange {
  /** The tenure that must stand. */
  readonly generation: Int64;
  /** The state that it must have. */
  readonly from: NameState;
  /** Where a rename is to have gone, if `from` is one of its states. */
  readonly fromPeerGeneration?: Int64;
  readonly to: NameState;
  /** Default: as it is. */
  readonly peer?: { readonly name: string; readonly generation: Int64 } | null;
}

/** Compare-and-set of a name's state. Answers what stands afterwards. */
export async function changeName(
  context: StoreContext,
  name: string,
  { generation, from, fromPeerGeneration, to, peer }: NameChange,
): Promise<NameRow | undefined> {
  const row = await context.db
    .updateTable('registered_model_names')
    .set((eb) => {
      const stands = eb.and([
        eb('generation', '=', generation),
        eb('state', '=', from),
        ...(fromPeerGeneration === undefined
          ? []
          : [eb('peer_generation', '=', fromPeerGeneration)]),
      ]);
      return {
        state: eb.case().when(stands).then(to).else(eb.ref('state')).end(),
        ...(peer === undefined
          ? {}
          : {
              peer: eb
                .case()
                .when(stands)
                .then(eb.val(peer?.name ?? null))
                .else(eb.ref('peer'))
                .end(),
              peer_generation: eb
                .case()
                .when(stands)
                .then(eb.val(peer?.generation ?? null))
                .else(eb.ref('peer_generation'))
                .end(),
            }),
      };
    })
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .returning(NAME_COLUMNS)
    .executeTakeFirst();
  return row as NameRow | undefined;
}

/** All that changes who bears a name excludes each other by this. */
export function nameIntentId(context: StoreContext, name: string): string {
  return `registered-model:${context.workspace}:${name}`;
}
