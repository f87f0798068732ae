/** One page of a search. Without `nextPageToken` there is nothing left. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; give it to the same search to go on after the last item of this page. */
  readonly nextPageToken?: string;
}
