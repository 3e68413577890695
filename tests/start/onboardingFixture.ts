import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pipeline = `trigger: none
parameters:
  - name: model
    type: string
  - name: owners
    type: string
pool:
  vmImage: ubuntu-latest
steps:
  - task: OnboardStandIn@1
    displayName: Onboard the model
    inputs:
      connection: azure-devops
      model: \${{ parameters.model }}
`;

const ci = `trigger: none
parameters:
  - name: lint
    type: boolean
    default: true
pool:
  vmImage: ubuntu-latest
steps:
  - bash: echo "lint \${{ parameters.lint }}"
    displayName: Check the model
`;

/** Creates the repository and the pipeline of a model and runs it, unless they exist. */
const program = `
const id = process.env.INPUT_CONNECTION;
const url = process.env['ENDPOINT_URL_' + id];
const token = process.env['ENDPOINT_AUTH_PARAMETER_' + id + '_APITOKEN'];
const project = process.env.SYSTEM_TEAMPROJECT;
const model = process.env.INPUT_MODEL;
async function send(method, path, body) {
  const response = await fetch(url + project + '/_apis/' + path, {
    method,
    headers: {
      authorization: 'Basic ' + Buffer.from(':' + token).toString('base64'),
      accept: 'application/json;api-version=7.1',
      'content-type': 'application/json',
    },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(path + ': ' + response.status + ' ' + (await response.text()));
  return response.json();
}
async function onboard() {
  const { value } = await send('GET', 'git/repositories');
  if (value.some(({ name }) => name === model)) return 'unchanged';
  const repository = await send('POST', 'git/repositories', { name: model });
  await send('POST', 'git/repositories/' + repository.id + '/pushes', {
    refUpdates: [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40) }],
    commits: [{ comment: 'Create', changes: [
      { changeType: 'add', item: { path: '/ci.yml' }, newContent: { content: ${JSON.stringify(ci)}, contentType: 'rawtext' } },
    ] }],
  });
  const definition = await send('POST', 'build/definitions', {
    name: model + '-ci', type: 'build', queue: { name: 'Azure Pipelines' },
    process: { type: 2, yamlFilename: 'ci.yml' },
    repository: { id: repository.id, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
    triggers: [],
  });
  await send('POST', 'build/builds', { definition: { id: definition.id } });
  return 'created';
}
onboard().then(
  (text) => console.log('##vso[task.complete result=Succeeded;]' + text),
  (error) => console.log('##vso[task.complete result=Failed;]' + error.message),
);
`;

const manifest = {
  id: '0c9a3d6e-5f0c-4f0e-8a51-3a0d5b1f7a10',
  name: 'OnboardStandIn',
  friendlyName: 'Onboard',
  description: 'Onboards a model.',
  author: 'Tests',
  version: { Major: 1, Minor: 0, Patch: 0 },
  instanceNameFormat: 'Onboard',
  inputs: [
    { name: 'connection', type: 'connectedService:externaltfs', label: 'Connection', required: true },
    { name: 'model', type: 'string', label: 'Model', required: true },
  ],
  execution: { Node20_1: { target: 'index.js' } },
};

/** A template with a pipeline for new models, and the folder of its only task, which stands in for OnboardModel. */
export class OnboardingFixture {
  readonly repository: string;
  readonly tasks: string;
  readonly outputFolder: string;

  private constructor(private readonly folder: string) {
    this.repository = join(folder, 'template');
    this.tasks = join(folder, 'tasks');
    this.outputFolder = join(folder, 'output');
  }

  static async create(): Promise<OnboardingFixture> {
    const fixture = new OnboardingFixture(await mkdtemp(join(tmpdir(), 'onboarding-')));
    const [pipelines, task] = [join(fixture.repository, 'pipelines'), join(fixture.tasks, manifest.name)];
    for (const each of [pipelines, join(pipelines, '__pycache__'), task]) await mkdir(each, { recursive: true });
    await writeFile(join(pipelines, 'onboard_pipeline.yml'), pipeline);
    await writeFile(join(pipelines, '__pycache__', 'a.pyc'), 'compiled');
    await writeFile(join(task, 'task.json'), JSON.stringify(manifest));
    await writeFile(join(task, 'index.js'), program);
    return fixture;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
