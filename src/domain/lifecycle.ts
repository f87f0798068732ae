/** `deleted` is soft: the rows stay and `restore` brings them back. */
export type LifecycleStage = 'active' | 'deleted';

/** Which lifecycle stages a search looks at. Default: `ACTIVE_ONLY`. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

export function stagesOf(viewType: ViewType): readonly LifecycleStage[] {
  switch (viewType) {
    case 'ACTIVE_ONLY':
      return ['active'];
    case 'DELETED_ONLY':
      return ['deleted'];
    case 'ALL':
      return ['active', 'deleted'];
  }
}
