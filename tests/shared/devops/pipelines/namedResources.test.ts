import assert from 'node:assert/strict';
import { namedResources } from '../../../../shared/devops/pipelines/use/namedResources';
import { readYamlValue } from '../../../../shared/yaml/values';

function named(yaml: string, variables: Readonly<Record<string, string>> = {}) {
  const value = readYamlValue(yaml, { textAt: () => 'ifOther' });
  const { resources, undetermined } = namedResources(value, new Map(Object.entries(variables)));
  const texts = resources.map(({ kind, name, isGuess }) => `${kind} ${name}${isGuess ? '?' : ''}`);
  return { texts: texts.sort(), undetermined };
}

describe('What an expanded pipeline names', () => {
  const rows: readonly (readonly [what: string, yaml: string, expected: readonly string[]])[] = [
    [
      'variable groups of all levels',
      'variables: [{ group: a }]\nstages: [{ stage: s, variables: [{ group: b }], jobs: [{ job: j, variables: [{ group: c }, { name: d, value: 1 }] }] }]',
      ['variablegroup a', 'variablegroup b', 'variablegroup c'],
    ],
    [
      'environments of deployment jobs',
      'jobs: [{ deployment: a, environment: prod.k8s }, { deployment: b, environment: { name: test.eu, resourceType: VirtualMachine } }, { deployment: c, environment: 1.10 }]',
      ['environment 1', 'environment prod', 'environment test.eu'],
    ],
    ['no environment of what is not a deployment', 'jobs: [{ job: a, environment: prod }]', []],
    [
      'agent pools, and those of Microsoft by their one name',
      'pool: own\njobs: [{ job: a, pool: { name: other } }, { job: b, pool: { vmImage: ubuntu-latest } }, { job: c, pool: server }]',
      ['queue Azure Pipelines', 'queue other', 'queue own'],
    ],
    [
      'repositories of Azure Repos, and connections of others',
      'resources: { repositories: [{ repository: a, type: git, name: ml/shared }, { repository: b, name: tools }, { repository: c, type: github, name: x/y, endpoint: hub }] }',
      ['endpoint hub', 'repository ml/shared', 'repository tools'],
    ],
    [
      'connections of containers, packages and webhooks',
      'resources: { containers: [{ container: a, endpoint: registry }], packages: [{ package: b, connection: npm }], webhooks: [{ webhook: c, connection: hook }] }\njobs: [{ job: j, container: { image: x, endpoint: other } }]',
      ['endpoint hook', 'endpoint npm', 'endpoint other', 'endpoint registry'],
    ],
    [
      'pipelines of the project',
      'resources: { pipelines: [{ pipeline: a, source: models\\train }, { pipeline: b, source: x, project: elsewhere }] }',
      ['pipeline models\\train'],
    ],
    [
      'repositories that a checkout names',
      "steps: [{ checkout: self }, { checkout: git://ml/shared@refs/heads/x }, { task: '6d15af64-176c-496d-b583-fd2ae21d4df4@1', inputs: { repository: 'git://ml/other' } }]",
      ['endpoint git://ml/other?', 'repository ml/other', 'repository ml/shared'],
    ],
    [
      'connections in inputs, in every hook of a deployment',
      "jobs: [{ deployment: d, environment: e, strategy: { runOnce: { deploy: { steps: [{ task: AzureCLI@2, inputs: { azureSubscription: 'a, b', scriptType: bash } }] }, on: { failure: { steps: [{ task: X@1, inputs: { azureConnection: c } }] } } } } }]",
      ['endpoint a', 'endpoint b', 'endpoint bash?', 'endpoint c', 'environment e'],
    ],
    [
      'nothing in scripts and in the environment of steps',
      'steps: [{ bash: "pool: x\\nenvironment: y", env: { pool: z } }, { task: A@1, inputs: { script: "a\\nb" } }]',
      [],
    ],
  ];
  for (const [what, yaml, expected] of rows) it(what, () => assert.deepEqual(named(yaml).texts, expected));

  it('a name with variables of the file, and of the pipeline itself', () => {
    const yaml =
      'variables: [{ name: stage, value: $(region)-prod }]\njobs: [{ deployment: d, environment: ml-$(stage) }]';
    assert.deepEqual(named(yaml, { region: 'eu' }).texts, ['environment ml-eu-prod']);
  });

  it('a secure file is permitted on the page of a run', () => {
    const yaml = 'steps: [{ task: DownloadSecureFile@1, inputs: { secureFile: key.pem } }]';
    assert.deepEqual(named(yaml), { texts: [], undetermined: ['secure file key.pem'] });
  });

  it('a name that only a run knows is said to be so, and one that refers to itself ends', () => {
    const yaml =
      'variables: { a: $(a), b: $(b)$(b) }\njobs: [{ deployment: d, environment: $(a) }, { job: j, pool: { name: $(agents) } }]';
    assert.deepEqual(named(yaml), { texts: [], undetermined: ['environment $(a)', 'agent pool $(agents)'] });
  });
});
