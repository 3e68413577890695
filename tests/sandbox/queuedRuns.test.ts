import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { sharedSigningKeys } from '../support/sharedKeys';
import { PipelineProject } from './devops/build/pipelineProject';
import { askDevops, type DevopsFixture } from '../support/devops/fixture';

const pipeline = `
pool: { vmImage: ubuntu-latest }
steps:
- task: WhoAmI@1
  inputs: { connection: databricks-dev }
`;

const manifest = {
  id: '5f0c9a3d-6e0c-4f0e-8a51-3a0d5b1f7a10',
  name: 'WhoAmI',
  version: { Major: 1, Minor: 0, Patch: 0 },
  inputs: [{ name: 'connection', type: 'connectedService:databricksworkspace', required: true }],
  execution: { Node20_1: { target: 'index.js' } },
};

/** Exchanges a token of the job for one of the workspace, and asks who that is. */
const program = `
const env = process.env;
const id = env.INPUT_CONNECTION;
const workspace = env['ENDPOINT_URL_' + id];
const read = async (response) => {
  if (!response.ok) throw new Error(response.status + ' ' + (await response.text()));
  return response.json();
};
async function whoAmI() {
  const oidc = await read(await fetch(env.SYSTEM_OIDCREQUESTURI + '?api-version=7.1&serviceConnectionId=' + id, {
    method: 'POST',
    headers: {
      authorization: 'Bearer ' + JSON.parse(env.ENDPOINT_AUTH_SYSTEMVSSCONNECTION).parameters.AccessToken,
      'content-type': 'application/json',
      'content-length': '0',
    },
  }));
  const token = await read(await fetch(workspace + '/oidc/v1/token', { method: 'POST', body: new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: oidc.oidcToken,
    scope: 'all-apis',
    client_id: env['ENDPOINT_DATA_' + id + '_CLIENTID'],
  }) }));
  const me = await read(await fetch(workspace + '/api/2.0/preview/scim/v2/Me', {
    headers: { authorization: 'Bearer ' + token.access_token },
  }));
  console.log('signed in as ' + me.displayName);
}
whoAmI().catch((error) => console.log('##vso[task.complete result=Failed;]' + error.message));
`;

describe('A run that is queued in the organization of the sandbox', function () {
  let folder: string;
  let sandbox: Sandbox;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'queued-'));
    const task = path.join(folder, manifest.name);
    await mkdir(task);
    await writeFile(path.join(task, 'task.json'), JSON.stringify(manifest));
    await writeFile(path.join(task, 'index.js'), program);
    sandbox = await startSandbox({
      signingKeys: await sharedSigningKeys(),
      connections: [{ name: 'databricks-dev', type: 'databricksworkspace' }],
      tasks: folder,
    });
  });
  after(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs the tasks of the folder, which sign in to the workspace by the token of the run', async () => {
    const fixture: DevopsFixture = {
      organization: () => sandbox.devops,
      ask: (at, asked) => askDevops(sandbox.devops, at, asked),
      tokenOf: () => assert.fail('only the administrator asks'),
    };
    const project = new PipelineProject(fixture);
    await project.push({ 'azure-pipelines.yml': pipeline });
    const definition = await project.define('who');
    const endpoints = (await project.send('GET', 'local/_apis/serviceendpoint/endpoints')).body;
    const [{ id }] = (endpoints as { value: [{ id: string }] }).value;
    await project.send(
      'PATCH',
      `local/_apis/pipelines/pipelinePermissions/endpoint/${id}`,
      { pipelines: [{ id: definition, authorized: true }] },
      '7.1-preview.1',
    );
    const build = await project.queue(definition);
    const { result } = await project.ended(build);
    assert.match(await project.log(build), /signed in as \w+/);
    assert.equal(result, 'succeeded');
  });
});
