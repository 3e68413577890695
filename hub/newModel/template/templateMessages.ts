/** The texts of the way from the template. */
export const templateMessages = {
  noPipeline: 'This project has no onboarding pipeline',
  noPipelineHelp:
    'Create a pipeline from the file pipelines/onboard_pipeline.yml of the template repository; this page then starts it with the parameters that you enter.',
  otherWay: 'Create a model from YAML instead',
  pipeline: 'Pipeline',
  selectPipeline: 'Select a pipeline',
  selectValue: 'Select a value',
  unreadable: (problem: string) => `The parameters of the pipeline cannot be read: ${problem}`,
  fileMissing: (path: string, branch: string, repository: string) =>
    `the branch ${branch} of the repository ${repository} has no file ${path}.`,
  furtherParameters: (count: number) => (count === 1 ? 'One more parameter' : `${count} more parameters`),
  mandatory: 'Enter a value.',
  notNumber: 'Enter a number.',
  start: 'Start the pipeline',
  starting: 'Starting the pipeline',
  whatHappens:
    'The run shows its plan first, and then creates the repository, the team, the pipelines and the environments.',
  started: (run: string) => `The run ${run} has started. It shows what it creates.`,
  openRun: (run: string) => `Open the run ${run}`,
  another: 'Create another model',
};
