/** The ways to create a model. */
export const ways = ['template', 'repository', 'text', 'table'] as const;
export type Way = (typeof ways)[number];

/** The texts of the screen New model. */
export const newModelMessages = {
  title: 'New model',
  back: 'Back to all models',
  how: 'How do you want to create the model?',
  ways: {
    template: {
      title: 'From the template',
      help: 'Runs the onboarding pipeline, which creates a repository, pipelines and environments.',
    },
    repository: { title: 'From a repository', help: 'Reads model_variables.yml, and keeps the model linked to it.' },
    text: { title: 'From YAML', help: 'Paste, type or drop a variable file.' },
    table: { title: 'From a wiki table', help: 'Paste the table of the wiki page that had the values.' },
  } satisfies Record<Way, { readonly title: string; readonly help: string }>,

  // Name and preview
  id: 'Name of the model',
  idHelp: 'It cannot be changed later. Pipelines name the model by it.',
  idMissing: 'Enter a name: lower-case letters, digits, - and _.',
  idInvalid: (id: string, problem: string) => `${JSON.stringify(id.slice(0, 60))} ${problem}`,
  idTaken: (id: string) => `There is a model with the name ${id} already. Enter another name.`,
  protected: (names: string) =>
    `The model sets values of ${names}, which is protected: add its file to the default branch of a repository by a pull request, and create the model from the repository.`,
  create: 'Create model',
  creating: 'Creating the model',
  created: (id: string) => `The model ${id} was created.`,
  tooLarge: (bytes: number) => `is longer than ${bytes / 1024} KB.`,
  preview: 'Preview',
  previewTable: 'Variables of the new model',
  variable: 'Variable',
  allEnvironments: 'All environments',
  noVariables: 'There are no variables yet.',
  problems: (count: number) =>
    count === 1 ? 'Correct one problem to create the model.' : `Correct ${count} problems to create the model.`,
  notes: (count: number) => (count === 1 ? 'One note' : `${count} notes`),
  more: (count: number) => `${count} more`,
  moreVariables: (count: number) => `${count} more variables`,
  line: (line: number) => `Line ${line}`,

  // From a repository
  fileMissing: (path: string, branch: string) => `The branch ${branch} has no file ${path}.`,
  fileNotText: (path: string) => `The file ${path} is not text in UTF-8.`,
  repositoryComment: (path: string, commit: string) => `Create the model from ${path}, commit ${commit.slice(0, 8)}`,

  // From YAML
  yaml: 'Variables in YAML or JSON',
  yamlHelp: 'You can also drop a file here.',
  chooseFile: 'Select a file',
  dropHere: 'Drop the file to read it',
  fileRead: (name: string) => `${name} was read.`,
  notUtf8: (name: string) => `${name} is not text in UTF-8.`,
  fileTooLarge: (name: string, bytes: number) => `${name} is larger than ${bytes / 1024} KB.`,
  textComment: 'Create the model',

  // From a wiki table
  table: 'Table of the wiki page',
  tableHelp:
    'One column has the names, the column Value the values for all environments, and every other column is an environment, such as dev or prod.',
  tablePlaceholder: '| Name | Value | prod |\n|---|---|---|\n| modelName | churn | |\n| training.epochs | 300 | 600 |',
  tableComment: 'Create the model from a wiki table',
  generated: 'Show the text of the variable file',
};
