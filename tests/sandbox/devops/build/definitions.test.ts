import assert from 'node:assert/strict';
import { WebApi, getPersonalAccessTokenHandler } from 'azure-devops-node-api';
import { DefinitionTriggerType, type BuildDefinition } from 'azure-devops-node-api/interfaces/BuildInterfaces';
import { namespaceIds } from '../../../../sandbox/devops/identities/namespaces';
import { useOrganization, type DevopsAnswer } from '../../../support/devops/fixture';
import { PipelineProject } from './pipelineProject';

const yaml = 'pool: { vmImage: ubuntu-latest }\nsteps:\n- bash: echo 1\n';
const path = 'local/_apis/build/definitions';

describe('Pipelines of the stand-in', () => {
  const fixture = useOrganization();
  const { ask, organization, tokenOf } = fixture;
  const project = new PipelineProject(fixture);
  const faultOf = ({ status, body }: DevopsAnswer) => [status, (body as { typeKey: string }).typeKey];
  const body = (more: object = {}) => ({
    name: 'ci',
    queue: { name: 'Azure Pipelines' },
    process: { type: 2, yamlFilename: 'ci.yml' },
    repository: { id: project.repositoryId, type: 'tfsgit', defaultBranch: 'main' },
    ...more,
  });
  const create = (more: object = {}, token?: string) =>
    ask(path, { method: 'POST', body: body(more), ...(token !== undefined && { token }) });

  beforeEach(() => project.push({ 'ci.yml': yaml }));

  it('have a name of their own in their folder, which is made for them', async () => {
    const created = (await create({ path: 'models\\churn' })).body as { id: number; path: string };
    assert.equal(created.path, '\\models\\churn');
    const again = await create({ name: 'CI', path: '\\Models\\Churn' });
    assert.deepEqual(faultOf(again), [409, 'DefinitionExistsException']);
    assert.match(again.text, /Build pipeline CI already exists for project local/);
    assert.equal((await create({ path: '\\models' })).status, 200);
    const folders = (await project.send('GET', 'local/_apis/build/folders', undefined, '7.1-preview.2')).body;
    const paths = (folders as { value: { path: string }[] }).value.map((each) => each.path);
    assert.deepEqual(paths, ['\\', '\\models', '\\models\\churn']);
    const byName = (await project.send('GET', `${path}?name=c*&path=${encodeURIComponent('\\models\\churn')}`)).body;
    assert.deepEqual(
      (byName as { value: { id: number }[] }).value.map(({ id }) => id),
      [created.id],
    );
    await project.send('POST', 'local/_apis/build/folders/models', { path: '\\teams' }, '7.1-preview.2');
    assert.equal(
      ((await project.send('GET', `${path}/${created.id}`)).body as { path: string }).path,
      '\\teams\\churn',
    );
  });

  it('are changed with the current revision alone, and complete the name of their branch then', async () => {
    const first = (await create()).body as { id: number; revision: number; repository: { defaultBranch: string } };
    assert.deepEqual([first.revision, first.repository.defaultBranch], [1, 'main']);
    const put = (more: object) => ask(`${path}/${first.id}`, { method: 'PUT', body: body(more) });
    const noId = await put({ revision: 1 });
    assert.equal(noId.status, 400);
    assert.match(noId.text, new RegExp(`specifies pipeline ID ${first.id} but the supplied pipeline has ID 0`));
    const secrets = { S: { value: 'hunter22', isSecret: true }, A: { value: '1', allowOverride: true } };
    const second = (await put({ id: first.id, revision: 1, variables: secrets })).body as typeof first & {
      variables: object;
    };
    assert.deepEqual([second.revision, second.repository.defaultBranch], [2, 'refs/heads/main']);
    assert.deepEqual(second.variables, { S: { value: null, isSecret: true }, A: { value: '1', allowOverride: true } });
    const stale = await put({ id: first.id, revision: 1 });
    assert.equal(stale.status, 404);
    assert.match(stale.text, new RegExp(`Build pipeline ${first.id} was not found`));
    await put({ id: first.id, revision: 2, variables: { S: { isSecret: true } } });
    await project.push({ 'ci.yml': 'steps:\n- bash: test "$S" = hunter22\n  env: { S: $(S) }\n' });
    assert.equal((await project.ended(await project.queue(first.id))).result, 'succeeded', 'the secret is still there');
    assert.equal((await ask(`${path}/${first.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await ask(`${path}/${first.id}`)).status, 404);
  });

  it('name the permission that somebody lacks', async () => {
    const { id } = (await create()).body as { id: number };
    const { identity, token } = tokenOf('contributor@example.com', 'Contributors');
    const { security, projects } = organization().state;
    const projectId = projects.all()[0]?.id ?? '';
    const deny = (bits: number) =>
      security.set(namespaceIds.build, projectId, identity.descriptor, { allow: 0, deny: bits });
    deny(32_768);
    const refused = await create({ name: 'other' }, token);
    assert.deepEqual(faultOf(refused), [403, 'AccessDeniedException']);
    assert.match(refused.text, /TF215106: .*CreateBuildDefinition/);
    deny(65_536);
    const queue = (more: object) =>
      ask('local/_apis/build/builds', { method: 'POST', body: { definition: { id }, ...more }, token });
    assert.match((await queue({ parameters: '{"A":"1"}' })).text, /EditPipelineQueueConfigurationPermission/);
    assert.equal((await queue({})).status, 200, 'without values for variables the bit is not needed');
    deny(1024);
    assert.equal((await ask(`${path}/${id}`, { token })).status, 404);
    await project.engine.settle();
  });

  it('do not find a queue that is hidden from their author', async () => {
    const { identity, token } = tokenOf('contributor@example.com', 'Contributors');
    const queues = async (given?: string) =>
      (
        (
          await ask(
            'local/_apis/distributedtask/queues?queueName=Azure%20Pipelines',
            given === undefined ? {} : { token: given },
          )
        ).body as { value: { id: number }[] }
      ).value;
    const [queue] = await queues(token);
    assert.ok(queue);
    const { security, projects } = organization().state;
    const place = `AgentQueues/${projects.all()[0]?.id ?? ''}/${queue.id}`;
    security.set(namespaceIds.distributedTask, place, identity.descriptor, { allow: 0, deny: 1 });
    assert.deepEqual(await queues(token), []);
    assert.equal((await queues()).length, 1);
    assert.match((await create({}, token)).text, /Could not find a queue with name Azure Pipelines/);
  });

  it('serve the clients of azure-devops-node-api', async () => {
    const { url, personalAccessToken } = organization();
    const connection = new WebApi(url.replace(/\/$/, ''), getPersonalAccessTokenHandler(personalAccessToken));
    const [build, agent, pipelines] = [
      await connection.getBuildApi(),
      await connection.getTaskAgentApi(),
      await connection.getPipelinesApi(),
    ];
    const [queue] = await agent.getAgentQueues('local', 'Azure Pipelines');
    const definition = body({
      queue: { id: queue?.id },
      triggers: [{ settingsSourceType: 2, triggerType: DefinitionTriggerType.ContinuousIntegration }],
    }) as BuildDefinition;
    const created = await build.createDefinition(definition, 'local');
    assert.equal(created.triggers?.[0]?.triggerType, DefinitionTriggerType.ContinuousIntegration);
    const found = await build.getDefinitions('local', 'ci');
    assert.deepEqual(
      found.map(({ id }) => id),
      [created.id],
    );
    const updated = await build.updateDefinition({ ...created, name: 'ci-2' }, 'local', created.id ?? 0);
    assert.deepEqual([updated.name, updated.revision], ['ci-2', 2]);
    const preview = await pipelines.preview({ previewRun: true }, 'local', created.id ?? 0);
    assert.match(preview.finalYaml ?? '', /script: echo 1/);
    const run = await pipelines.runPipeline({}, 'local', created.id ?? 0);
    const ended = await project.ended(run.id ?? 0);
    assert.equal(ended.result, 'succeeded');
    const group = await agent.addVariableGroup({
      name: 'model',
      type: 'Vsts',
      variables: { A: { value: '1' } },
      variableGroupProjectReferences: [
        { name: 'model', projectReference: { name: 'local', id: queue?.projectId ?? '' } },
      ],
    });
    assert.equal((await agent.getVariableGroup('local', group.id ?? 0)).name, 'model');
    const environment = await agent.addEnvironment({ name: 'production', description: '' }, 'local');
    assert.equal((await agent.getEnvironmentById('local', environment.id ?? 0)).name, 'production');
  });
});
