import type { ModelRegistryStore, TrackingStore } from '../../src/store/index.js';

/** A call that takes several steps, as it is told to the process that makes it. */
export type Call =
  | { readonly kind: 'rename model'; readonly name: string; readonly newName: string }
  | { readonly kind: 'delete model'; readonly name: string }
  | { readonly kind: 'transition that archives'; readonly name: string; readonly version: number }
  | {
      readonly kind: 'delete experiment' | 'restore experiment';
      readonly experimentId: string;
    };

/** What a process is to do until it is killed. */
export interface Orders {
  readonly uri: string;
  readonly calls: readonly {
    readonly call: Call;
    /** After so many statements the call is kept back. None: never. */
    readonly statements?: number | undefined;
  }[];
  /**
   * Tells after so many statements of all calls, and goes on: some are on their way when the
   * process is killed. None: tells when each call is kept back or done.
   */
  readonly tellAfter?: number | undefined;
}

export function makeCall(
  store: Pick<
    ModelRegistryStore & TrackingStore,
    | 'renameRegisteredModel'
    | 'deleteRegisteredModel'
    | 'transitionModelVersionStage'
    | 'deleteExperiment'
    | 'restoreExperiment'
  >,
  call: Call,
): Promise<unknown> {
  switch (call.kind) {
    case 'rename model':
      return store.renameRegisteredModel(call.name, call.newName);
    case 'delete model':
      return store.deleteRegisteredModel(call.name);
    case 'transition that archives':
      return store.transitionModelVersionStage({
        name: call.name,
        version: call.version,
        stage: 'Production',
        archiveExistingVersions: true,
      });
    case 'delete experiment':
      return store.deleteExperiment(call.experimentId);
    case 'restore experiment':
      return store.restoreExperiment(call.experimentId);
  }
}
