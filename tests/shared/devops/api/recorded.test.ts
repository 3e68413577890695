import assert from 'node:assert/strict';
import type { Devops } from '../../../../shared/devops/devops';
import { readSchema } from '../../../contracts/schemas';
import { OrganizationUnderTest } from '../organizationUnderTest';

/** An exchange with the service, recorded or documented. */
interface Exchange {
  readonly method: string;
  readonly route: string;
  readonly host: string;
  readonly name?: string;
  readonly status: number;
  readonly body?: unknown;
}

const branch = 'refs/heads/main';
const project = { id: 'p', name: 'ml' };
const environment = { type: 'environment', id: '1' } as const;
const check = { type: { id: 't', name: 'Approval' }, settings: {}, timeout: 60, resource: environment };
const group = { name: 'g', description: '', variables: {}, project };

/** For each route: how the client requests it, and what it must have read of the answer. */
const calls: readonly (readonly [
  route: string,
  call: (devops: Devops) => Promise<unknown>,
  /** The end of its route where the service has it at another place of the same resource. */
  sentAs?: string,
])[] = [
  ['GET /_apis/ConnectionData', ({ identities }) => identities.caller()],
  ['GET /{project}/_apis/git/repositories', ({ git }) => git.repositories('p')],
  ['GET /{project}/_apis/git/repositories/{repositoryId}', ({ git }) => git.repository('p', 'r')],
  ['POST /{project}/_apis/git/repositories', ({ git }) => git.createRepository('p', 'r')],
  [
    'PATCH /{project}/_apis/git/repositories/{repositoryId}',
    ({ git }) => git.updateRepository('p', 'r', { defaultBranch: branch }),
  ],
  ['GET /{project}/_apis/git/repositories/{repositoryId}/refs', ({ git }) => git.refs('p', 'r')],
  ['POST /{project}/_apis/git/repositories/{repositoryId}/refs', ({ git }) => git.updateRefs('p', 'r', [])],
  ['POST /{project}/_apis/git/repositories/{repositoryId}/pushes', ({ git }) => git.push('p', 'r', {})],
  ['GET /{project}/_apis/git/repositories/{repositoryId}/items', ({ git }) => git.items('p', 'r', { branch })],
  [
    'GET /{project}/_apis/git/repositories/{repositoryId}/commits',
    ({ git }) => git.commits('p', 'r', { branch }, { top: 1 }),
  ],
  [
    'POST /{project}/_apis/git/repositories/{repositoryId}/pullRequests',
    ({ pullRequests }) => pullRequests.create('p', 'r', {}),
  ],
  [
    'PATCH /{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}',
    ({ pullRequests }) => pullRequests.update('p', 'r', 1, {}),
  ],
  [
    'GET /{project}/_apis/git/repositories/{repositoryId}/pullRequests/{pullRequestId}',
    ({ pullRequests }) => pullRequests.pullRequest('p', 'r', 1),
  ],
  [
    'GET /{project}/_apis/git/repositories/{repositoryId}/pullRequests',
    ({ pullRequests }) => pullRequests.active('p', 'r', {}),
  ],
  [
    'POST /{project}/_apis/git/repositories/{repositoryId}/importRequests',
    ({ imports }) => imports.createImportRequest('p', 'r', {}),
  ],
  [
    'GET /{project}/_apis/git/repositories/{repositoryId}/importRequests/{importRequestId}',
    ({ imports }) => imports.importRequest('p', 'r', 1),
  ],
  ['GET /{project}/_apis/policy/configurations/{configurationId}', ({ policies }) => policies.policy('p', 1)],
  ['POST /{project}/_apis/policy/configurations', ({ policies }) => policies.create('p', {})],
  ['PUT /{project}/_apis/policy/configurations/{configurationId}', ({ policies }) => policies.update('p', 1, {})],
  ['DELETE /{project}/_apis/policy/configurations/{configurationId}', ({ policies }) => policies.delete('p', 1)],
  ['GET /_apis/projects', ({ core }) => core.projects()],
  ['GET /_apis/projects/{projectId}', ({ core }) => core.project('p')],
  ['POST /_apis/projects/{projectId}/teams', ({ core }) => core.createTeam('p', { name: 't' })],
  ['GET /_apis/projects/{projectId}/teams/{teamId}', ({ core }) => core.team('p', 't')],
  ['PATCH /_apis/projects/{projectId}/teams/{teamId}', ({ core }) => core.updateTeam('p', 't', {})],
  ['GET /_apis/projects/{projectId}/teams/{teamId}/members', ({ core }) => core.members('p', 't')],
  ['GET /_apis/Identities', ({ identities }) => identities.search('user1@example.com')],
  ['GET /_apis/Graph/Descriptors/{storageKey}', ({ graph }) => graph.descriptorOf('k')],
  ['GET /_apis/graph/storagekeys/{subjectDescriptor}', ({ graph }) => graph.storageKeyOf('d')],
  ['GET /_apis/Graph/Groups', ({ graph }) => graph.groups()],
  ['POST /_apis/Graph/Groups', ({ graph }) => graph.addEntraGroup('o')],
  ['GET /_apis/Graph/Memberships/{subjectDescriptor}', ({ graph }) => graph.membersOf('g')],
  [
    'PUT /_apis/Graph/Memberships/{subjectDescriptor}/{containerDescriptor}',
    ({ graph }) => graph.addMembership('s', 'c'),
  ],
  ['HEAD /_apis/Graph/Memberships/{subjectDescriptor}/{containerDescriptor}', ({ graph }) => graph.isMember('s', 'c')],
  [
    'DELETE /_apis/graph/memberships/{subjectDescriptor}/{containerDescriptor}',
    ({ graph }) => graph.removeMembership('s', 'c'),
  ],
  [
    'GET /_apis/AccessControlLists/{securityNamespaceId}',
    ({ security }) => security.accessControlLists('namespace', 'token'),
  ],
  [
    'POST /_apis/AccessControlEntries/{securityNamespaceId}',
    ({ security }) => security.addEntries('namespace', 'token', []),
  ],
  [
    'POST /_apis/security/permissionevaluationbatch',
    ({ security }) =>
      security.evaluate(
        ['token1', 'token2'].map((token) => ({
          securityNamespaceId: '5a27515b-ccd7-42c9-84f1-54c998f03866',
          token,
          permissions: 8,
        })),
      ),
  ],
  ['GET /{project}/_apis/build/Definitions', ({ build }) => build.definitions('p', { name: 'n' })],
  ['GET /{project}/_apis/build/Definitions/{definitionId}', ({ build }) => build.definition('p', 1)],
  ['POST /{project}/_apis/build/Definitions', ({ build }) => build.createDefinition('p', { name: 'n' })],
  ['PUT /{project}/_apis/build/Definitions/{definitionId}', ({ build }) => build.updateDefinition('p', 1, {})],
  ['GET /{project}/_apis/build/folders', ({ build }) => build.folders('p')],
  ['PUT /{project}/_apis/build/folders/{*path}', ({ build }) => build.createFolder('p', '\\models')],
  ['POST /{project}/_apis/build/Builds', ({ build }) => build.queueBuild('p', 1)],
  ['GET /{project}/_apis/build/Builds/{buildId}', ({ build }) => build.build('p', 1)],
  ['GET /{project}/_apis/build/Builds', ({ build }) => build.builds('p', 1, 10)],
  ['GET /{project}/_apis/distributedtask/queues', ({ taskAgent }) => taskAgent.queues('p')],
  ['GET /{project}/_apis/distributedtask/variablegroups', ({ taskAgent }) => taskAgent.variableGroups('p')],
  ['GET /{project}/_apis/distributedtask/variablegroups/{groupId}', ({ taskAgent }) => taskAgent.variableGroup('p', 1)],
  [
    'POST /{project}/_apis/distributedtask/variablegroups',
    ({ taskAgent }) => taskAgent.createVariableGroup(group),
    '/_apis/distributedtask/variablegroups',
  ],
  [
    'PUT /{project}/_apis/distributedtask/variablegroups/{groupId}',
    ({ taskAgent }) => taskAgent.updateVariableGroup(1, group),
    '/_apis/distributedtask/variablegroups/{groupId}',
  ],
  ['POST /{project}/_apis/pipelines/checks/configurations', ({ checks }) => checks.create('p', check)],
  ['PATCH /{project}/_apis/pipelines/checks/configurations/{id}', ({ checks }) => checks.update('p', 1, check)],
  ['DELETE /{project}/_apis/pipelines/checks/configurations/{id}', ({ checks }) => checks.delete('p', 1)],
  ['GET /{project}/_apis/wit/classificationNodes/areas', ({ work }) => work.node('p', 'areas')],
  ['GET /{project}/_apis/wit/classificationNodes/areas/{*path}', ({ work }) => work.node('p', 'areas', 'churn')],
  ['POST /{project}/_apis/wit/classificationNodes/areas', ({ work }) => work.createNode('p', 'areas', 'churn')],
  [
    'POST /{project}/_apis/wit/classificationNodes/iterations/{*path}',
    ({ work }) => work.createNode('p', 'iterations', 'sprint', 'churn'),
  ],
  ['GET /{project}/{team}/_apis/work/teamsettings/teamfieldvalues', ({ work }) => work.teamFieldValues('p', 't')],
  [
    'PATCH /{project}/{team}/_apis/work/teamsettings/teamfieldvalues',
    ({ work }) => work.setTeamFieldValues('p', 't', {}),
  ],
  ['GET /{project}/{team}/_apis/work/teamsettings', ({ work }) => work.teamSettings('p', 't')],
  ['PATCH /{project}/{team}/_apis/work/teamsettings', ({ work }) => work.setTeamSettings('p', 't', {})],
  ['GET /{project}/{team}/_apis/work/teamsettings/iterations', ({ work }) => work.teamIterations('p', 't')],
  ['POST /{project}/{team}/_apis/work/teamsettings/iterations', ({ work }) => work.addTeamIteration('p', 't', 'i')],
  [
    'PATCH /{project}/_apis/pipelines/pipelinepermissions',
    ({ pipelinePermissions }) =>
      pipelinePermissions.authorizeAll('p', [
        { resource: { type: 'queue', id: '1' }, pipelines: [16] },
        { resource: environment, pipelines: [16] },
      ]),
  ],
  ['GET /{project}/_apis/serviceendpoint/endpoints/{endpointId}', ({ endpoints }) => endpoints.endpoint('p', 'e')],
  ['PATCH /_apis/serviceendpoint/endpoints/{endpointId}', ({ endpoints }) => endpoints.share('e', project, 'n')],
  [
    'POST /_apis/serviceendpoint/endpoints',
    ({ endpoints }) => endpoints.createGitEndpoint(project, 'n', { url: 'u', username: 'x', password: 'p' }),
  ],
  ['DELETE /_apis/serviceendpoint/endpoints/{endpointId}', ({ endpoints }) => endpoints.delete('e', 'p')],
];

describe('The client of Azure DevOps reads what the service answers', () => {
  let exchanges: readonly Exchange[] = [];
  let organization: OrganizationUnderTest;
  before(async function () {
    organization = await OrganizationUnderTest.start();
    const recorded = await readSchema(this, 'azure-devops/recorded-exchanges.json');
    const documented = await readSchema(this, 'azure-devops/documented-examples.json');
    exchanges = [...(recorded['facts'] as Exchange[]), ...(documented['examples'] as Exchange[])];
  });
  after(() => organization.server.close());

  for (const [route, call, sentAs] of calls)
    it(route, async () => {
      const [method = '', path = ''] = route.split(' ');
      const found = exchanges.filter(
        (exchange) =>
          exchange.method === method &&
          exchange.status < 300 &&
          exchange.name !== 'Get a repository by remote URL' && // that is another resource
          plain(exchange.route) === plain(`/{organization}${path}`) &&
          (exchange.body !== undefined || exchange.status === 204 || ['HEAD', 'DELETE'].includes(method)),
      );
      assert.ok(found.length > 0, 'no exchange is known');
      for (const { status, body, host } of found) {
        organization.answers({ status, ...(body !== undefined && { body: whole(body) as object }) }, emptyList);
        const result = await call(organization.connect());
        if (Array.isArray(result) && !route.includes('teams')) assertAll(result, body);
        const [sent] = organization.requests;
        assert.ok(sent);
        assert.equal(sent.method, method);
        const [, sentPath = ''] = /^(?:\/vssps)?\/contoso(\/[^?]*)/.exec(sent.url) ?? [];
        assert.match(sentPath, patternOf(sentAs ?? path));
        assert.equal(sent.url.startsWith('/vssps/'), host.startsWith('vssps.'), 'it went to another host');
      }
    });
});

const emptyList = { body: { count: 0, value: [] } };

function assertAll(result: readonly unknown[], body: unknown): void {
  const value = (whole(body) as { readonly value?: readonly unknown[] } | undefined)?.value;
  if (value) assert.equal(result.length, value.length);
}

/** Without the marks that say where a list was cut. */
function whole(value: unknown): unknown {
  if (Array.isArray(value))
    return value.filter((item) => !(typeof item === 'string' && item.startsWith('…'))).map(whole);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '…')
      .map(([key, each]) => [key, whole(each)]),
  );
}

function plain(route: string): string {
  return route
    .toLowerCase()
    .replace(/\{\*?\w+\}/g, '{}')
    .replace(/\/$/, '');
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\*?\w+\}/g, '[^/]+')}$`, 'i');
}
