/** The texts of the screen that compares environments and models. */
export const compareMessages = {
  title: 'Compare',
  description: 'Compare two environments or two models, and copy values from one to the other.',
  back: 'Back to all models',
  sides: { left: 'Left', right: 'Right' },
  model: (side: string) => `${side} model`,
  environment: (side: string) => `${side} environment`,
  chooseModel: 'Choose a model',
  allEnvironments: 'No environment',
  swap: 'Swap sides',
  onlyDifferences: 'Only differences',
  table: (left: string, right: string) => `Values of ${left} and ${right}`,
  variable: 'Variable',
  sideName: (model: string, environment: string | undefined) =>
    environment === undefined ? model : `${model} · ${environment}`,
  count: (different: number, all: number) =>
    different === 0
      ? all === 1
        ? 'The variable is the same.'
        : `All ${all} variables are the same.`
      : `${different} of ${all} ${all === 1 ? 'variable' : 'variables'} ${different === 1 ? 'differs' : 'differ'}.`,
  differs: 'differs',
  notSet: 'not set',
  inherited: (source: string) => `from ${source}`,
  copy: (name: string, to: string) => `Copy ${name} to ${to}`,
  copied: (name: string, to: string) => `${name} was copied to ${to}.`,
  undone: (name: string) => `The copy of ${name} was undone.`,
  keys: 'In the table, the arrow keys move between the values, and Enter copies one. Ctrl+Z undoes the last copy.',
  bar: (model: string) => `Unsaved edits of ${model}`,
  edits: (model: string) => `${model} has unsaved edits.`,
  problem: (count: number, first: string) =>
    count === 1
      ? `1 problem must be corrected before saving: ${first}`
      : `${count} problems must be corrected before saving. The first: ${first}`,
  undo: 'Undo',
  review: 'Review and save',
  refused: (name: string, problem: string) => `${name} was not copied: ${problem}`,
  notAList: 'it is a list of lists or maps. Copy it in the File tab.',
  unknownModel: (model: string) => `There is no model with the name ${model} in this project. Choose another one.`,
  unknownEnvironment: (model: string, environment: string) =>
    `${model} has no environment ${environment}. Its values for all environments are shown; a copied value adds the environment.`,
  unreadable: (model: string) => `The text of ${model} is not a variable file. Correct it in the File tab.`,
  same: 'No differences',
  sameHelp: 'The values of both sides are the same. Clear "Only differences" to see them.',
  noVariables: 'No variables',
  noVariablesHelp: 'Neither side sets a variable.',
  noModels: 'There are no models to compare',
  noModelsHelp: 'Create a model first.',
  newModel: 'New model',
};
