/** What is open within a model. */
export const modelTabs = ['variables', 'file', 'history', 'repository'] as const;
export type ModelTab = (typeof modelTabs)[number];

/** What the page shows. */
export type Route =
  | { readonly view: 'models'; readonly filter?: ModelFilter }
  | {
      readonly view: 'model';
      readonly model: string;
      readonly tab: ModelTab;
      readonly environment?: string;
      /** In the history: the revision, and the one that it is compared with. */
      readonly revision?: number;
      readonly against?: number;
    }
  | { readonly view: 'compare'; readonly left?: ComparedSide; readonly right?: ComparedSide }
  | { readonly view: 'settings' }
  | { readonly view: 'new'; readonly from?: string };

export interface ModelFilter {
  readonly text?: string;
  readonly state?: string;
  readonly environment?: string;
  readonly withProblems?: boolean;
  readonly mine?: boolean;
}

/** A model, or one of its environments. */
export interface ComparedSide {
  readonly model: string;
  readonly environment?: string;
}
