import assert from 'node:assert/strict';
import { pipelineFacts } from '../../../shared/agent/pipelineFacts';

const run: Readonly<Record<string, string>> = {
  'System.CollectionUri': 'https://dev.azure.com/contoso/',
  'System.TeamProject': 'Fraud models',
  'Build.BuildId': '345',
};

describe('the page of a pipeline run', () => {
  it('is known with its organization, project and id, and not with any two of them', () => {
    const urlOf = (variables: Readonly<Record<string, string>>) => pipelineFacts((name) => variables[name]).run.url;
    assert.equal(urlOf(run), 'https://dev.azure.com/contoso/Fraud%20models/_build/results?buildId=345');
    for (const missing of Object.keys(run)) assert.equal(urlOf({ ...run, [missing]: '' }), undefined, missing);
  });
});
