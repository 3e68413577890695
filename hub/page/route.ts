/** What is open within a model. */
export const modelTabs = ['variables', 'file', 'history', 'repository'] as const;
export type ModelTab = (typeof modelTabs)[number];

/** What is open in the settings; `general` by default. */
export const settingsParts = ['general', 'base', 'schema', 'data'] as const;
export type SettingsPart = (typeof settingsParts)[number];

/** What the page shows. */
export type Route =
  | { readonly view: 'models'; readonly filter?: ModelFilter }
  | {
      readonly view: 'model';
      readonly model: string;
      readonly tab: ModelTab;
      readonly environment?: string;
      /** In the variables: what their names contain. */
      readonly text?: string;
      /** In the history: the revision, and the one that it is compared with. */
      readonly revision?: number;
      readonly against?: number;
    }
  | { readonly view: 'compare'; readonly left?: ComparedSide; readonly right?: ComparedSide }
  | {
      readonly view: 'settings';
      readonly part?: SettingsPart;
      /** Whether the history of the part is shown instead of it. */
      readonly hasHistory?: true;
      /** In the history: the revision, and the one that it is compared with. */
      readonly revision?: number;
      readonly against?: number;
    }
  | { readonly view: 'new'; readonly from?: string };

export interface ModelFilter {
  readonly text?: string;
  readonly state?: string;
  readonly environment?: string;
  readonly withProblems?: boolean;
  readonly mine?: boolean;
  /** The column that the list is sorted by, with `-` before it for descending. */
  readonly sort?: string;
}

/** A model, or one of its environments. */
export interface ComparedSide {
  readonly model: string;
  readonly environment?: string;
}

/**
 * What a hash such as `model=churn&tab=history&rev=7` shows. What the hash does not say, or says in an unknown way, is left
 * out: an old link opens the page all the same.
 */
export function parseRoute(hash: string): Route {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const view = query.get('view');
  if (view === 'compare') {
    const [left, right] = [sideOf(query, 'left'), sideOf(query, 'right')];
    return { view: 'compare', ...(left && { left }), ...(right && { right }) };
  }
  if (view === 'settings') {
    const part = settingsParts.find((name) => name === query.get('part'));
    if (query.get('tab') !== 'history') return { view: 'settings', ...(part && { part }) };
    const revisions = { ...revisionField(query, 'rev', 'revision'), ...revisionField(query, 'against', 'against') };
    return { view: 'settings', ...(part && { part }), hasHistory: true, ...revisions };
  }
  if (view === 'new') return { view: 'new', ...textField(query, 'from', 'from') };
  const model = query.get('model');
  return model === null || model === '' ? modelsRoute(query) : modelRoute(query, model);
}

/** The hash of a route; empty for the list of models without a filter. */
export function routeHash(route: Route): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') query.set(name, String(value));
  };
  switch (route.view) {
    case 'models':
      set('q', route.filter?.text);
      set('state', route.filter?.state);
      set('env', route.filter?.environment);
      set('problems', route.filter?.withProblems === true ? '1' : undefined);
      set('mine', route.filter?.mine === true ? '1' : undefined);
      set('sort', route.filter?.sort);
      break;
    case 'model':
      set('model', route.model);
      set('tab', route.tab === 'variables' ? undefined : route.tab);
      set('env', route.environment);
      set('q', route.text);
      set('rev', route.revision);
      set('against', route.against);
      break;
    case 'compare':
      set('view', 'compare');
      for (const name of ['left', 'right'] as const) {
        set(name, route[name]?.model);
        set(`${name}Env`, route[name]?.environment);
      }
      break;
    case 'settings':
      set('view', 'settings');
      set('part', route.part);
      set('tab', route.hasHistory ? 'history' : undefined);
      set('rev', route.revision);
      set('against', route.against);
      break;
    case 'new':
      set('view', 'new');
      set('from', route.from);
  }
  return query.toString();
}

/** The page of a model, with the tab that it opens with. */
export function modelPage(model: string, tab: ModelTab = 'variables'): Route {
  return { view: 'model', model, tab };
}

function modelsRoute(query: URLSearchParams): Route {
  const filter: ModelFilter = {
    ...textField(query, 'q', 'text'),
    ...textField(query, 'state', 'state'),
    ...textField(query, 'env', 'environment'),
    ...(query.get('problems') === '1' && { withProblems: true }),
    ...(query.get('mine') === '1' && { mine: true }),
    ...textField(query, 'sort', 'sort'),
  };
  return Object.keys(filter).length === 0 ? { view: 'models' } : { view: 'models', filter };
}

function modelRoute(query: URLSearchParams, model: string): Route {
  return {
    view: 'model',
    model,
    tab: modelTabs.find((tab) => tab === query.get('tab')) ?? 'variables',
    ...textField(query, 'env', 'environment'),
    ...textField(query, 'q', 'text'),
    ...revisionField(query, 'rev', 'revision'),
    ...revisionField(query, 'against', 'against'),
  };
}

function sideOf(query: URLSearchParams, name: string): ComparedSide | undefined {
  const model = query.get(name);
  return model === null || model === '' ? undefined : { model, ...textField(query, `${name}Env`, 'environment') };
}

function textField<Name extends string>(query: URLSearchParams, from: string, name: Name): { [name in Name]?: string } {
  const value = query.get(from);
  return value === null || value === '' ? {} : ({ [name]: value } as { [name in Name]: string });
}

function revisionField<Name extends string>(
  query: URLSearchParams,
  from: string,
  name: Name,
): { [name in Name]?: number } {
  const value = query.get(from) ?? '';
  return /^[1-9]\d{0,8}$/.test(value) ? ({ [name]: Number(value) } as { [name in Name]: number }) : {};
}
