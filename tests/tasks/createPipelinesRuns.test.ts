import assert from 'node:assert/strict';
import { BuildEngine } from '../../sandbox/devops/build/running/buildEngine';
import { Environments } from '../../sandbox/devops/resources/environments/environments';
import type { PipelineStage } from '../support/pipelineStage';
import { CreatePipelinesStage, given, plain } from './createPipelinesStage';

describe('CreatePipelines, with a first run,', () => {
  let stage: CreatePipelinesStage;
  let on: PipelineStage;
  beforeEach(async () => {
    stage = await CreatePipelinesStage.open();
    on = stage.on;
  });
  afterEach(() => stage.close());

  const waiting = { ...plain(), firstRun: 'wait' };

  it('queues none of a pipeline that ran, and says so of one that never did', async () => {
    const agent = await stage.succeeds(plain());
    assert.match(agent.text('log'), /may not react to pushes before its first run: queue one/);
    await on.send('POST', 'build/builds', { definition: { id: on.definition('plain').id } });
    const again = await stage.succeeds({ ...plain(), firstRun: 'queue' });
    assert.equal(again.outputs['change'], 'unchanged');
    assert.equal(on.builds.length, 1);
  });

  it('succeeds when the run does', async () => {
    const agent = await stage.succeeds(waiting);
    assert.match(agent.text('log'), /The first run of the pipeline '\\plain' \(1\) succeeded: run .* \(http/);
  });

  it('fails when the run does, until a run succeeded', async () => {
    on.end = (control) => {
      control.onStageEnd(failedStage);
      return Promise.resolve('failed');
    };
    assert.match(await stage.fails(waiting), /is failed, not succeeded: run .*\n {2}- Run script: No such file/s);
    on.stage.organization.requests.clear();
    assert.match(
      await stage.fails(waiting),
      /No run of the pipeline '\\plain' \(1\) has succeeded; the newest is failed: run/,
    );
    assert.deepEqual(stage.writes(), []);
    on.end = () => Promise.resolve('succeeded');
    await on.send('POST', 'build/builds', { definition: { id: 1 } });
    await on.state.of(BuildEngine).settle();
    assert.equal((await stage.succeeds(waiting)).outputs['change'], 'unchanged');
  });

  it('says what the run waits for, and waits for the same run the next time', async () => {
    const environment = on.state.of(Environments).byName(on.stage.projectId, 'churn-test')?.id;
    await on.send(
      'POST',
      'pipelines/checks/configurations',
      {
        type: { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' },
        settings: { approvers: [{ id: on.stage.organization.administrator.id }] },
        timeout: 43_200,
        resource: { type: 'environment', id: String(environment) },
      },
      '7.1-preview.1',
    );
    const message = await stage.fails({ ...given, firstRun: 'wait', timeoutMinutes: '5' });
    assert.match(
      message,
      /Timed out waiting for the first run of .*It waits for an approval\. The run goes on: look at run .* \(http/,
    );
    on.stage.organization.requests.clear();
    const [build] = on.builds;
    const approving = stage.run({ ...given, firstRun: 'wait' });
    await on.approve(build?.id ?? 0);
    const agent = await approving;
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.equal(on.builds.length, 1);
  });

  it('says that a pipeline is disabled, and leaves it', async () => {
    await stage.define('plain', { queueStatus: 'disabled' });
    assert.match(
      await stage.fails(plain()),
      /pipelines\/plain\.yml of the pipeline 'plain' cannot run: .* is disabled\./,
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('leaves the pipeline when the platform refuses to queue it, and repeats all its reasons', async () => {
    await on.push('churn', { 'bare.yml': 'steps: [{ script: "true" }]\n' });
    await stage.define('plain', { queue: undefined, process: { type: 2, yamlFilename: 'bare.yml' } });
    const message = await stage.fails({ ...plain({ yamlFile: 'bare.yml' }), firstRun: 'queue' });
    assert.match(message, /The first run of the pipeline '\\plain' \(1\) could not be queued.*No pool was specified\./);
  });
});

const failedStage = {
  name: '__default',
  result: 'Failed',
  milliseconds: 1,
  notes: [],
  jobs: [
    {
      name: 'Job',
      result: 'Failed',
      milliseconds: 1,
      steps: [
        {
          name: 'Run script',
          task: undefined,
          result: 'Failed',
          milliseconds: 1,
          issues: [{ type: 'error' as const, message: 'No such file' }],
        },
      ],
    },
  ],
};
