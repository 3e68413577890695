import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { parse } from 'yaml';
import { commands } from '../../cli/commands';
import { pipelineStep } from '../../cli/run/pipelineStep';
import { cliManifest } from '../../tools/cliBundle';
import { projectRoot } from '../../tools/commandLine';
import { readTasks } from '../../tools/manifests';
import { addTasks, validatePipeline, type PipelineSchema } from '../contracts/pipelineSchema';
import { sampleProblems } from '../contracts/samples';
import { readSchema } from '../contracts/schemas';
import { parsed } from './parsed';

const manifest = await cliManifest(projectRoot);
const tasks = new Map(
  (await readTasks(projectRoot)).map(({ manifest: task }) => [`${task.name}@${task.version.Major}`, task]),
);

function stepOf(args: readonly string[], stdin = ''): Promise<string> {
  const call = parsed(manifest, [...args, '--as-yaml']) ?? assert.fail('not parsed');
  return pipelineStep(call, {
    workingFolder: '/',
    environment: {},
    stdin: Readable.from([stdin]),
    signal: new AbortController().signal,
  });
}

describe('The pipeline step of a call of mloccli', () => {
  describe('of the examples', () => {
    let schema: PipelineSchema;
    before(async function () {
      schema = addTasks((await readSchema(this, 'azure-pipelines.schema.json')) as unknown as PipelineSchema, tasks);
    });

    for (const { examples, task } of commands)
      for (const example of examples.filter((text) => !text.includes('@')))
        it(`is valid for Azure Pipelines, and has inputs that do something: ${example}`, async () => {
          const args = [...example.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
          const step = await stepOf(args);
          assert.match(step, new RegExp(`^- task: ${task}@1\n`));
          assert.deepEqual(sampleProblems(step, tasks), []);
          assert.deepEqual(await validatePipeline(schema, `steps:\n${step}`), []);
        });
  });

  it('has the texts of options, files and standard input, and no secret', async () => {
    const args = ['aci', 'deploy', '--resource-group', 'g', '--container-group-name', 'c', '--image', 'r.io/a:1'];
    const secrets = ['--registry-password', 'env:PASSWORD', '--secrets', 'API_KEY=env:KEY', '--secrets', 'B=env:KEY'];
    const step = await stepOf(
      [...args, ...secrets, '--environment', 'A=1', '--environment', '-', '--adopt'],
      'C=#2: x',
    );
    assert.deepEqual(parse(step), [
      {
        task: 'DeployAci@1',
        inputs: {
          azureConnection: '<name of the Azure Resource Manager connection>',
          resourceGroup: 'g',
          containerGroupName: 'c',
          image: 'r.io/a:1',
          environment: 'A=1\nC=#2: x',
          secrets: 'API_KEY=$(API_KEY)\nB=$(B)',
          registryPassword: '$(registryPassword)',
          adopt: true,
        },
      },
    ]);
  });

  it('has the type of connection that the options of the sign-in choose', async () => {
    assert.deepEqual(parse(await stepOf(['aks', 'deploy', '--kube-context', 'c', '--service-name', 's'])), [
      {
        task: 'DeployAks@1',
        inputs: {
          connectionType: 'kubernetes',
          kubernetesConnection: '<name of the Kubernetes connection>',
          serviceName: 's',
        },
      },
    ]);
    assert.match(
      await stepOf(['clusters', 'start', '--azure', '--cluster', 'c']),
      /connectionType: azure\n.*azureConnection/,
    );
  });
});
