import assert from 'node:assert/strict';
import { Definitions } from '../../sandbox/devops/build/definitions/definitions';
import { Builds } from '../../sandbox/devops/build/builds/builds';
import { BuildEngine } from '../../sandbox/devops/build/running/buildEngine';
import { PipelineRejected, type RunControl, type RunEnd } from '../../sandbox/devops/build/running/pipelineRunner';
import { ServiceEndpoints } from '../../sandbox/devops/resources/endpoints/serviceEndpoints';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import { Approvals } from '../../sandbox/devops/resources/approvals/approvals';
import { Environments } from '../../sandbox/devops/resources/environments/environments';
import { PipelinePermissions } from '../../sandbox/devops/resources/permissions/pipelinePermissions';
import type { ProtectedResource } from '../../sandbox/devops/resources/protection';
import { VariableGroups } from '../../sandbox/devops/resources/variableGroups/variableGroups';
import { localRunner } from '../../sandbox/localRunner';
import { DevopsStage } from './devopsStage';

type Files = Readonly<Record<string, string>>;

const noObject = '0'.repeat(40);

const ended = (result: RunEnd['result']): RunEnd => ({ result, buildNumber: '1', tags: [], artifacts: [] });

/** A project with what pipelines use: files in a repository, a variable group, an environment and a service connection. */
export class PipelineStage {
  /** How runs end; those that are waited for until somebody says so, by a promise. */
  end: (control: RunControl) => Promise<RunEnd['result']> = () => Promise.resolve('succeeded');

  /** Why the platform does not expand the YAML of a pipeline; undefined when it does. */
  admits: (definitionId: number) => string | undefined = () => undefined;

  private constructor(readonly stage: DevopsStage) {}

  static async open(files: Files, repository = 'churn'): Promise<PipelineStage> {
    const stage = new PipelineStage(await DevopsStage.open());
    const { state } = stage.stage.organization;
    const runner = localRunner();
    state.of(BuildEngine).runner = {
      describe: async (source) => {
        const id = Number(source.predefined['System.DefinitionId']);
        const problem = stage.admits(id);
        if (problem !== undefined) throw new PipelineRejected([problem]);
        return runner.describe(source);
      },
      run: async (source, control) => {
        for (const { name } of (await runner.describe(source)).stages) {
          const admission = await control.admitStage(name);
          if (admission !== 'admitted') return ended('canceled');
        }
        return ended(await stage.end(control));
      },
    };
    await stage.push(repository, files);
    return stage;
  }

  get state() {
    return this.stage.organization.state;
  }

  /** Sends what somebody else does in the project. */
  async send(method: string, path: string, body?: unknown, version = '7.1'): Promise<unknown> {
    const { personalAccessToken } = this.stage.organization;
    const url = `${this.state.url(encodeURIComponent(this.stage.project))}/_apis/${path}?api-version=${version}`;
    const authorization = `Basic ${Buffer.from(`:${personalAccessToken}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    this.stage.organization.requests.clear();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Pushes files to a branch, whose repository is created if there is none. */
  async push(repository: string, files: Files, branch = 'main'): Promise<void> {
    if (!this.stage.git.find(this.stage.projectId, repository))
      await this.send('POST', 'git/repositories', { name: repository });
    const found = this.stage.git.find(this.stage.projectId, repository) ?? assert.fail();
    const [main, tip = noObject] = [found.tips.get('refs/heads/main'), found.tips.get(`refs/heads/${branch}`)];
    const base = tip === noObject ? (main ?? noObject) : tip;
    const known = base === noObject ? [] : found.changesBetween(noObject, base).map(({ path }) => path);
    await this.send('POST', `git/repositories/${found.id}/pushes`, {
      refUpdates: [{ name: `refs/heads/${branch}`, oldObjectId: base }],
      commits: [
        {
          comment: 'Change files [skip ci]',
          changes: Object.entries(files).map(([path, content]) => ({
            changeType: known.includes(path) ? 'edit' : 'add',
            item: { path: `/${path}` },
            newContent: { content, contentType: 'rawtext' },
          })),
        },
      ],
    });
  }

  async addGroup(name: string): Promise<number> {
    const project = { id: this.stage.projectId, name: this.stage.project };
    const group = (await this.send('POST', 'distributedtask/variablegroups', {
      name,
      type: 'Vsts',
      variables: { A: { value: '1' } },
      variableGroupProjectReferences: [{ name, projectReference: project }],
    })) as { id: number };
    return group.id;
  }

  async addEnvironment(name: string): Promise<number> {
    return ((await this.send('POST', 'distributedtask/environments', { name, description: '' })) as { id: number }).id;
  }

  addConnection(name: string, id: string): void {
    this.state.of(ServiceEndpoints).add({
      id,
      name,
      type: 'azurerm',
      url: '',
      description: '',
      owner: 'library',
      scheme: 'WorkloadIdentityFederation',
      parameters: new Map(),
      data: {},
      isReady: true,
      references: [{ projectId: this.stage.projectId, name, description: '' }],
      createdById: this.stage.organization.administrator.id,
    });
  }

  definition(name: string) {
    const all = this.state.of(Definitions).ofProject(this.stage.projectId);
    return all.find(({ content }) => content.name === name) ?? assert.fail(`There is no pipeline ${name}.`);
  }

  get definitions() {
    return this.state.of(Definitions).ofProject(this.stage.projectId);
  }

  get builds() {
    return this.state.of(Builds).ofProject(this.stage.projectId);
  }

  /** What a pipeline may use that not all may, by name. */
  permitted(name: string): readonly string[] {
    const { id } = this.definition(name);
    const { projectId } = this.stage;
    const named: readonly (readonly [string, ProtectedResource])[] = [
      ...this.state
        .of(VariableGroups)
        .ofProject(projectId)
        .map((each) => [`group ${each.reference.name}`, { type: 'variablegroup', id: String(each.id) }] as const),
      ...this.state
        .of(Environments)
        .ofProject(projectId)
        .map((each) => [`environment ${each.name}`, { type: 'environment', id: String(each.id) }] as const),
      ...this.state
        .of(ServiceEndpoints)
        .ofProject(projectId)
        .map((each) => [`connection ${each.name}`, { type: 'endpoint', id: each.id }] as const),
      ...this.stage.git
        .list(projectId)
        .map((each) => [`repository ${each.name}`, { type: 'repository', id: `${projectId}.${each.id}` }] as const),
    ];
    const permissions = this.state.of(PipelinePermissions);
    return named
      .filter(([, resource]) => permissions.of(projectId, resource).pipelines.has(id))
      .map(([label]) => label)
      .sort();
  }

  /** The token of somebody who may do everything in the project but one thing. */
  withoutPermission(namespaceId: string, bit: number, token?: string): string {
    const { identities, security, tokens } = this.state;
    const { projectId } = this.stage;
    const user = identities.addUser({ principalName: 'limited@example.com', displayName: 'Limited' });
    const readers = identities.all().find(({ displayName }) => displayName.includes('Readers'));
    identities.addMember(user, readers ?? assert.fail());
    for (const [id, root] of rootsOf(projectId)) {
      const deny = id === namespaceId && token === undefined ? bit : 0;
      security.set(id, root, user.descriptor, { allow: everyBit & ~deny, deny });
    }
    if (token !== undefined) security.set(namespaceId, token, user.descriptor, { allow: 0, deny: bit });
    return tokens.issuePersonal({ identity: user });
  }

  /** Approves what a run waits for, as soon as it does. */
  async approve(buildId: number): Promise<void> {
    for (;;) {
      const approval = this.state
        .of(Approvals)
        .ofProject(this.stage.projectId)
        .find(({ buildId: of, status }) => of === buildId && status === 'pending');
      if (approval) {
        const body = [{ approvalId: approval.id, status: 'approved', comment: '' }];
        await this.send('PATCH', 'pipelines/approvals', body, '7.1');
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** All pipelines with what they may use and their runs, in values that are the same in another stage. */
  endState(): unknown {
    const repositories = new Map(this.stage.git.list(this.stage.projectId).map(({ id, name }) => [id, name]));
    return this.definitions
      .map(({ id, content }) => ({
        name: `${content.path}\\${content.name}`,
        yaml: content.yamlFilename,
        branch: content.repository.defaultBranch?.replace(/^refs\/heads\//, ''),
        repository: repositories.get(content.repository.id),
        variables: [...(content.variables ?? [])],
        triggers: content.triggers.map((trigger) => String(trigger['triggerType'])),
        permitted: this.permitted(content.name),
        runs: this.builds.filter(({ definition }) => definition.id === id).length,
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  close(): Promise<void> {
    return this.stage.close();
  }
}

const everyBit = 0x1fffff;

/** The tokens of a project in the namespaces that pipelines are about. */
function rootsOf(projectId: string): readonly (readonly [namespaceId: string, token: string])[] {
  return [
    [namespaceIds.build, projectId],
    [namespaceIds.git, `repoV2/${projectId}`],
    [namespaceIds.library, `Library/${projectId}`],
    [namespaceIds.environment, `Environments/${projectId}`],
    [namespaceIds.serviceEndpoints, `endpoints/${projectId}`],
  ];
}
