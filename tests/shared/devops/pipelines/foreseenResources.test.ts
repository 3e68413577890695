import assert from 'node:assert/strict';
import { foreseenResources } from '../../../../shared/devops/pipelines/use/foreseenResources';

async function foreseen(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const read = (path: string) => Promise.resolve(path in files ? Buffer.from(files[path] ?? '') : undefined);
  const resources = await foreseenResources('pipelines/main.yml', read);
  return resources.map(({ kind, name, isGuess }) => `${kind} ${name}${isGuess ? '?' : ''}`);
}

describe('what the YAML of a pipeline certainly names', () => {
  it('stands in the file and in its templates, relative to the file that names them or to the root', async () => {
    const found = await foreseen({
      'pipelines/main.yml':
        'variables: [{ group: a }]\nstages: [{ template: steps/stage.yml@self }, { template: /root.yml }]',
      'pipelines/steps/stage.yml': 'stages: [{ stage: s, jobs: [{ template: ../job.yml }] }]',
      'pipelines/job.yml': 'jobs: [{ deployment: d, environment: prod }]',
      'root.yml': 'pool: own',
    });
    assert.deepEqual(found, ['variablegroup a', 'queue own', 'environment prod']);
  });

  it('is not below conditions and loops, in other repositories, or in expressions', async () => {
    const found = await foreseen({
      'pipelines/main.yml': `
variables:
  - \${{ if eq(1, 2) }}:
      - group: a
  - \${{ else }}:
      - group: b
  - group: \${{ parameters.c }}
jobs:
  - \${{ each x in parameters.list }}:
      - { deployment: d, environment: prod }
  - template: steps.yml@other
  - template: \${{ parameters.t }}
  - template: absent.yml
`,
    });
    assert.deepEqual(found, []);
  });

  it('includes connections in the defaults of parameters that are used outside of conditions', async () => {
    const found = await foreseen({
      'pipelines/main.yml': `
parameters:
  - { name: databricks, type: object, default: { connection: databricks-dev, level: connection } }
  - { name: registryConnection, type: string, default: models-registry }
  - { name: production, type: object, default: { azureConnection: azure-prod } }
  - { name: unusedConnection, type: string, default: unused }
jobs:
  - template: steps.yml
    parameters: { databricks: '\${{ parameters.databricks }}', registry: "\${{ parameters['registryConnection'] }}" }
  - \${{ if eq(parameters.serving, 'rest') }}:
      - template: steps.yml
        parameters: { production: '\${{ parameters.production }}' }
`,
      'pipelines/steps.yml':
        'parameters: [{ name: x, default: { connection: own } }]\nsteps: [{ script: "${{ parameters.x }}" }]',
    });
    assert.deepEqual(found, ['endpoint databricks-dev?', 'endpoint models-registry?']);
  });

  it('reads names of parameters that are not identifiers', async () => {
    const found = await foreseen({
      'pipelines/main.yml': `
parameters: [{ name: 'a(connection', default: x }, { name: 'a.connection', default: y }]
steps: [{ script: "\${{ parameters['a(connection'] }} \${{ parameters.a-connection }}" }]
`,
    });
    assert.deepEqual(found, ['endpoint x?']);
  });

  it('ends for templates that include each other, and leaves invalid files to the platform', async () => {
    const found = await foreseen({
      'pipelines/main.yml': 'jobs: [{ template: a.yml }]\nvariables: [{ group: a }]',
      'pipelines/a.yml': 'jobs: [{ template: main.yml }, { template: bad.yml }]',
      'pipelines/bad.yml': 'jobs: [',
    });
    assert.deepEqual(found, ['variablegroup a']);
  });
});
