import assert from 'node:assert/strict';
import { needed, requireAbsence, requirePermissions } from '../../../../shared/devops/permissions/requirePermissions';
import { tokens } from '../../../../shared/devops/permissions/tokens';
import { TaskError } from '../../../../shared/errors';
import type { DevopsIdentity } from '../../../../shared/identity/devopsIdentity';
import { reply } from '../../../support/recordingServer';
import { errorOf } from '../../http/clientUnderTest';
import { OrganizationUnderTest } from '../organizationUnderTest';

const account = { Account: { $type: 'System.String', $value: 'Build\\p1' } };
const authenticatedUser = {
  id: 'u1',
  descriptor: 'd1',
  customDisplayName: 'ml Build Service (contoso)',
  properties: account,
};

const permissions = [
  needed('git', 'CreateRepository', tokens.git('p1'), "the project 'ml'"),
  needed('git', 'EditPolicies', tokens.git('p1', 'r1', 'refs/heads/main'), "the branch 'main' of 'm1'"),
  needed('environment', 'Create', tokens.environment('p1'), "the project 'ml'"),
];

interface Batch {
  readonly alwaysAllowAdministrators: boolean;
  readonly evaluations: readonly {
    readonly securityNamespaceId: string;
    readonly token: string;
    readonly permissions: number;
  }[];
}

describe('The permissions that a step needs', () => {
  let organization: OrganizationUnderTest;
  let batches: Batch[] = [];
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  /** Lacks these bits. */
  function serve(...missing: number[]): void {
    batches = [];
    organization.answers((request, response) => {
      if (request.url.includes('connectionData')) {
        reply(response, { body: { authenticatedUser } });
        return;
      }
      const batch = JSON.parse(request.body.toString()) as Batch;
      batches.push(batch);
      const evaluations = batch.evaluations.map((each) => ({ ...each, value: !missing.includes(each.permissions) }));
      reply(response, { body: { alwaysAllowAdministrators: false, evaluations } });
    });
  }

  const check = (kind: DevopsIdentity['kind'] = 'azure') => requirePermissions(organization.connect(kind), permissions);

  it('are evaluated by one request, for the identity itself', async () => {
    serve();
    await check();
    assert.equal(organization.requests.length, 1);
    assert.deepEqual(batches, [
      {
        alwaysAllowAdministrators: false,
        evaluations: [
          { securityNamespaceId: '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87', token: 'repoV2/p1', permissions: 256 },
          {
            securityNamespaceId: '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87',
            token: 'repoV2/p1/r1/refs/heads/6d00610069006e00',
            permissions: 2048,
          },
          { securityNamespaceId: '83d4c2e6-e57d-4d6e-892b-b87222b7ad20', token: 'Environments/p1', permissions: 32 },
        ],
      },
    ]);
  });

  it('are all named at once where they are missing, with the identity and the page', async () => {
    serve(256, 32);
    const { message } = await errorOf(TaskError, check());
    assert.equal(
      message,
      `The identity 'ml Build Service (contoso)' (Build\\p1) lacks 2 permissions:
  - 'Create repository' (CreateRepository) on the project 'ml'; grant it in Project settings, Repositories, Security
  - 'Creator' (Create) on the project 'ml'; grant it in Pipelines, Environments, the menu of the page or environment, Security`,
    );
  });

  it('are named with the setting that limits the token of a job, to a job only', async () => {
    for (const [kind, isNamed] of [
      ['job', true],
      ['token', false],
    ] as const) {
      serve(2048);
      const { message } = await errorOf(TaskError, check(kind));
      assert.match(
        message,
        /lacks the permission 'Edit policies' \(EditPolicies\) on the branch 'main' of 'm1'; grant it in/,
      );
      assert.equal(message.includes("'Protect access to repositories in YAML pipelines'"), isNamed);
    }
  });

  it('decide whether something that was not found is absent', async () => {
    const toSee = needed('git', 'GenericRead', tokens.git('p1'), "the project 'ml'");
    serve();
    await requireAbsence(organization.connect(), "the repository 'm1'", toSee);
    serve(2);
    const { message } = await errorOf(TaskError, requireAbsence(organization.connect(), "the repository 'm1'", toSee));
    assert.match(
      message,
      /^Could not determine whether the repository 'm1' exists: the identity may not see it\. The identity 'ml Build .+ lacks the permission 'Read' \(GenericRead\)/,
    );
  });

  it('are not taken from an answer to another question', async () => {
    organization.answers({
      body: { evaluations: permissions.map(({ token }) => ({ token, permissions: 1, value: true })) },
    });
    const { message } = await errorOf(TaskError, check());
    assert.match(message, /it answers other evaluations than those that were requested/);
  });
});

describe('The token of a permission', () => {
  for (const [what, token, expected] of [
    ['a project', tokens.project('p1'), '$PROJECT:vstfs:///Classification/TeamProject/p1'],
    ['the repositories of a project', tokens.git('p1'), 'repoV2/p1'],
    ['a repository', tokens.git('p1', 'r1'), 'repoV2/p1/r1'],
    ['a branch with a slash', tokens.git('p1', 'r1', 'refs/heads/a/Bü'), 'repoV2/p1/r1/refs/heads/6100/4200fc00'],
    ['the pipelines of a project', tokens.build('p1'), 'p1'],
    ['a folder of pipelines', tokens.build('p1', '\\models\\m1'), 'p1/models/m1'],
    ['a pipeline', tokens.build('p1', '\\models', 12), 'p1/models/12'],
    ['the library', tokens.library('p1'), 'Library/p1'],
    ['a variable group', tokens.library('p1', 3), 'Library/p1/VariableGroup/3'],
    ['an environment', tokens.environment('p1', 4), 'Environments/p1/4'],
    ['a service connection', tokens.serviceEndpoints('p1', 'e1'), 'endpoints/p1/e1'],
    ['a team', tokens.identity('p1', 't1'), 'p1\\t1'],
    ['an area', tokens.areas('n1', 'n2'), 'vstfs:///Classification/Node/n1:vstfs:///Classification/Node/n2'],
  ] as const)
    it(`names ${what}`, () => assert.equal(token, expected));
});
