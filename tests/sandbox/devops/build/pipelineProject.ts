import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { BuildEngine } from '../../../../sandbox/devops/build/running/buildEngine';
import { GitStore } from '../../../../sandbox/devops/git/repositories/gitStore';
import type { DevopsAnswer, DevopsFixture } from '../../../support/devops/fixture';

const noObject = '0'.repeat(40);

export interface BuildAnswer {
  readonly id: number;
  readonly status: string;
  readonly result?: string;
  readonly reason: string;
  readonly sourceBranch: string;
  readonly sourceVersion: string;
  readonly buildNumber: string;
  readonly triggeredByBuild: { readonly id: number } | null;
  readonly validationResults: readonly { readonly result: string; readonly message: string }[];
}

export interface TimelineAnswer {
  readonly records: readonly {
    readonly id: string;
    readonly type: string;
    readonly name: string;
    readonly state: string;
    readonly result: string | null;
    readonly startTime: string | null;
    readonly finishTime: string | null;
    readonly issues?: readonly { readonly message: string }[];
  }[];
}

/** The project `local` with its repository, pipelines and runs, by the REST API. */
export class PipelineProject {
  constructor(private readonly fixture: DevopsFixture) {}

  get engine(): BuildEngine {
    return this.fixture.organization().state.of(BuildEngine);
  }

  get repositoryId(): string {
    const { state } = this.fixture.organization();
    const [project] = state.projects.all();
    const repository = project && state.of(GitStore).find(project.id, 'local');
    assert.ok(repository);
    return repository.id;
  }

  /** Sends a request that succeeds. */
  async send(method: string, path: string, body?: unknown, version = '7.1'): Promise<DevopsAnswer> {
    const answer = await this.fixture.ask(path, { method, version, ...(body !== undefined && { body }) });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** Pushes files to a branch, each as it is to be. @returns the commit */
  async push(files: Readonly<Record<string, string>>, branch = 'main', comment = 'Change files'): Promise<string> {
    const { state } = this.fixture.organization();
    const repository = state.of(GitStore).find(undefined, this.repositoryId);
    const tip = repository?.tipOf(`refs/heads/${branch}`) ?? noObject;
    const base = tip === noObject ? (repository?.tipOf('refs/heads/main') ?? noObject) : tip;
    const known = base === noObject ? [] : (repository?.changesBetween(noObject, base).map(({ path }) => path) ?? []);
    const changes = Object.entries(files).map(([path, content]) => ({
      changeType: known.includes(path) ? 'edit' : 'add',
      item: { path: `/${path}` },
      newContent: { content, contentType: 'rawtext' },
    }));
    const answer = await this.send('POST', `local/_apis/git/repositories/${this.repositoryId}/pushes`, {
      refUpdates: [{ name: `refs/heads/${branch}`, oldObjectId: base }],
      commits: [{ comment, changes }],
    });
    await this.engineIdle();
    return (answer.body as { refUpdates: [{ newObjectId: string }] }).refUpdates[0].newObjectId;
  }

  /** Lets what nobody waits for, such as the triggers of a push, come to its end or to its next wait. */
  async engineIdle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  async define(name: string, yamlFilename = 'azure-pipelines.yml', more: object = {}): Promise<number> {
    const answer = await this.send('POST', 'local/_apis/build/definitions', {
      name,
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename },
      repository: { id: this.repositoryId, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
      triggers: [{ settingsSourceType: 2, triggerType: 2 }],
      ...more,
    });
    return (answer.body as { id: number }).id;
  }

  async queue(definitionId: number, more: object = {}): Promise<number> {
    const answer = await this.send('POST', 'local/_apis/build/builds', { definition: { id: definitionId }, ...more });
    return (answer.body as BuildAnswer).id;
  }

  async build(id: number): Promise<BuildAnswer> {
    return (await this.send('GET', `local/_apis/build/builds/${id}`)).body as BuildAnswer;
  }

  /** The runs of a pipeline, the newest first. */
  async builds(definitionId: number): Promise<readonly BuildAnswer[]> {
    const answer = await this.send('GET', `local/_apis/build/builds?definitions=${definitionId}`);
    return (answer.body as { value: BuildAnswer[] }).value;
  }

  async timeline(id: number): Promise<TimelineAnswer['records']> {
    return ((await this.send('GET', `local/_apis/build/builds/${id}/timeline`)).body as TimelineAnswer).records;
  }

  async log(id: number): Promise<string> {
    const answer = await this.send('GET', `local/_apis/build/builds/${id}/logs/1`);
    return (answer.body as { value: string[] }).value.join('\n');
  }

  /** Waits until a run satisfies a condition; the test's own time limit ends a wait for what never comes. */
  async until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await read();
      if (holds(value)) return value;
      // The processes of its steps have the processor meanwhile.
      await pause(20);
    }
  }

  /** The run when it has ended. */
  ended(id: number): Promise<BuildAnswer> {
    return this.until(
      () => this.build(id),
      ({ status }) => status === 'completed',
    );
  }

  /** The record of a kind that a run waits at. */
  async waiting(id: number, type: string): Promise<TimelineAnswer['records'][number]> {
    const isOpen = (record: TimelineAnswer['records'][number]): boolean =>
      record.type === type && record.state === 'inProgress';
    const records = await this.until(
      () => this.timeline(id),
      (all) => all.some(isOpen),
    );
    const found = records.find(isOpen);
    assert.ok(found);
    return found;
  }
}
