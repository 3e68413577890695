import type { ModelTab } from './route';

/** The texts of the page around its screens. */
export const pageMessages = {
  models: 'Models',
  compare: 'Compare environments',
  archive: 'Archive',
  restore: 'Restore',
  backToModels: 'Back to all models',
  tabs: { variables: 'Variables', file: 'File', history: 'History', repository: 'Repository' } satisfies Record<
    ModelTab,
    string
  >,
  tabsLabel: (model: string) => `Parts of the model ${model}`,
  versionAndRevision: (version: string | undefined, rev: number) =>
    version === undefined ? `Revision ${rev}` : `Version ${version} · Revision ${rev}`,
  noSuchModel: (model: string) => `There is no model with the name ${model} in this project.`,
  noSuchModelHelp: 'It may have another name, or be in another project.',
  showAll: 'Show all models',
};
