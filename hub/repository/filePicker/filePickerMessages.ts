/** The texts of the fields in which a file of a repository is chosen. */
export const filePickerMessages = {
  repository: 'Repository',
  selectRepository: 'Select a repository',
  unknownRepository: 'The repository does not exist any more, or you do not have permission to read it.',
  noRepositories: 'There is no repository that you can read',
  noRepositoriesHelp:
    'Create a repository in this project, or ask a project administrator for the permission Read (Project settings > Repositories > Security).',
  emptyRepository: 'The repository is empty. Push a branch first.',
  branch: 'Branch',
  selectBranch: 'Select a branch',
  unknownBranch: (branch: string) => `The repository has no branch ${branch} any more. Select another one.`,
  file: 'File',
  selectFile: 'Select a file',
  otherFile: 'Another file',
  path: 'Path of the file',
  pathHelp: 'From the root of the repository, such as /my_model/model_variables.yml.',
  noVariableFiles: 'The branch has no file with the name model_variables.yml. Enter the path of another file.',
};
