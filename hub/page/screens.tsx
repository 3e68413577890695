import { lazyPart } from '../kit/lazyPart';
import { ModelsScreen } from '../models/ModelsScreen';
import type { ModelTab, Route } from './route';

const model = lazyPart(async () => (await import('./ModelScreen')).ModelScreen);
const compare = lazyPart(async () => (await import('./modelParts')).CompareScreen);
const settings = lazyPart(async () => (await import('./projectParts')).SettingsScreen);
const newModel = lazyPart(async () => (await import('./projectParts')).NewModelScreen);

/** What a route shows; parts that are not loaded are, within a `Suspense`. */
export function Screen({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'models':
      return <ModelsScreen />;
    case 'model':
      return <model.Part key={route.model} id={route.model} />;
    case 'compare':
      return <compare.Part />;
    case 'settings':
      return <settings.Part />;
    case 'new':
      return <newModel.Part />;
  }
}

/** Loads the parts of the page that a route needs. */
export async function loadScreen(route: Route): Promise<void> {
  switch (route.view) {
    case 'models':
      return;
    case 'model':
      await Promise.all([model.load(), loadTab(route.tab)]);
      return;
    case 'compare':
      await compare.load();
      return;
    case 'settings':
      await settings.load();
      return;
    case 'new':
      await newModel.load();
  }
}

async function loadTab(tab: ModelTab): Promise<void> {
  const [{ loadTab: load }] = await Promise.all([
    import('./ModelScreen'),
    // The parts of the tab come at the same time.
    tab === 'variables' ? undefined : import('./modelParts'),
  ]);
  await load(tab);
}
