import type { ModelState } from './modelRows';

/** The texts of the list of models. */
export const modelsMessages = {
  title: 'Models',
  description: 'The variables of the models in this project. Pipelines read them with the task LoadModelVariables.',
  newModel: 'New model',
  importModel: 'Import from a repository or a file',
  compare: 'Compare',
  settings: 'Settings',
  table: 'Models of this project',
  columns: {
    name: 'Model',
    version: 'Version',
    environments: 'Environments',
    state: 'State',
    changed: 'Last change',
  },
  states: {
    valid: 'Valid',
    problems: 'With problems',
    archived: 'Archived',
    damaged: 'Damaged',
    newer: 'Of a newer version',
    checking: 'Checking',
  } satisfies Record<ModelState, string>,
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  by: (name: string) => `by ${name}`,
  revision: (rev: number) => `Revision ${rev}`,
  filter: 'Filter models',
  filterState: 'State',
  filterEnvironment: 'Environment',
  anyState: 'All except archived',
  anyEnvironment: 'All environments',
  onlyProblems: 'Only with problems',
  onlyMine: 'Changed by me',
  clearFilter: 'Clear filter',
  shown: (shown: number, all: number) => (shown === all ? `${all} models` : `${shown} of ${all} models`),
  empty: 'Keep the variables of your models here',
  emptyHelp:
    'Every value has its history, its source and a check, for each environment. Pipelines read it with the task LoadModelVariables.',
  emptyFilter: 'No models match the filter',
  emptyFilterHelp: 'Change the filter, or clear it to see all models.',
};
