import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { pipelineFacts } from '../../../shared/agent/pipelineFacts';

const step = {
  'System.CollectionId': 'c',
  'System.TeamProjectId': 'p',
  'System.PlanId': 'plan',
  'System.StageAttempt': '1',
  'System.PhaseAttempt': '1',
  'System.JobId': 'job',
  'System.JobAttempt': '1',
  'System.TaskInstanceId': 'step',
};

function factsOf(variables: Readonly<Record<string, string>>) {
  return pipelineFacts((name) => variables[name]);
}

describe('the facts of a pipeline', () => {
  it('have a seed that all attempts of a step share, and no other step, run or attempt', () => {
    const { seed } = factsOf(step).run;
    assert.equal(factsOf({ ...step, 'Build.BuildNumber': '7' }).run.seed, seed);
    const others = Object.keys(step).map((name) => factsOf({ ...step, [name]: 'other' }).run.seed);
    assert.equal(new Set([seed, ...others]).size, others.length + 1);
  });

  it('have a random seed outside of a step', () => {
    for (const name of ['System.PlanId', 'System.JobId', 'System.TaskInstanceId']) {
      const variables = { ...step, [name]: '' };
      assert.notEqual(factsOf(variables).run.seed, factsOf(variables).run.seed);
    }
    const facts = factsOf({});
    assert.equal(facts.run.seed, facts.run.seed);
  });

  it('name the run, its pipeline, its page and its repository', () => {
    const { seed, ...run } = factsOf({
      'System.CollectionUri': 'https://dev.azure.com/contoso/',
      'System.TeamProject': 'Fraud models',
      'System.DefinitionId': '12',
      'Build.BuildId': '345',
      'Build.BuildNumber': '20261128.3',
      'Build.DefinitionName': 'deploy',
      'Build.Repository.Name': 'fraud',
      'Build.SourceVersion': 'c0ffee',
      'Agent.JobName': 'Deploy',
    }).run;
    assert.match(seed, /^[0-9a-f-]{36}$/);
    assert.deepEqual(run, {
      url: 'https://dev.azure.com/contoso/Fraud%20models/_build/results?buildId=345',
      id: '345',
      number: '20261128.3',
      pipeline: 'deploy',
      pipelineId: '12',
      job: 'Deploy',
      project: 'Fraud models',
      organizationUrl: 'https://dev.azure.com/contoso/',
      repository: 'fraud',
      commit: 'c0ffee',
    });
  });

  it('omit unknown values', () => {
    const { seed, ...run } = factsOf({ 'Build.BuildId': '345', 'Build.Repository.Name': '' }).run;
    assert.match(seed, /./);
    assert.deepEqual(run, { id: '345' });
  });

  it('have absolute folders, also outside of a pipeline', () => {
    assert.equal(factsOf({ 'System.DefaultWorkingDirectory': '/w/1/s' }).workingFolder, resolve('/w/1/s'));
    assert.equal(factsOf({ 'Agent.TempDirectory': '/w/_temp' }).temporaryFolder, resolve('/w/_temp'));
    assert.equal(factsOf({}).workingFolder, resolve('.'));
    assert.equal(factsOf({}).temporaryFolder, resolve(tmpdir()));
  });

  it('name the folders that files may be read from', () => {
    const folders = {
      'System.DefaultWorkingDirectory': '/w/1/s',
      'Agent.TempDirectory': '/w/_temp',
      'Build.SourcesDirectory': '/w/1/s/repository',
      'Pipeline.Workspace': '/w/1',
    };
    assert.deepEqual(
      factsOf(folders).readableFolders,
      ['/w/1/s', '/w/_temp', '/w/1/s/repository', '/w/1'].map((folder) => resolve(folder)),
    );
    assert.deepEqual(factsOf({ 'Build.SourcesDirectory': '' }).readableFolders, [resolve('.'), resolve(tmpdir())]);
  });

  it('pass on only the environment variables that programs need', () => {
    assert.deepEqual(factsOf({ PATH: '/bin', HTTPS_PROXY: '', SECRET_OF_ANOTHER: 'x' }).programEnvironment, {
      PATH: '/bin',
      HTTPS_PROXY: '',
    });
  });
});
