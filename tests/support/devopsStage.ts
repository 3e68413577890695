import assert from 'node:assert/strict';
import type { Organization } from '../../sandbox/devops/organization';
import type { Clock } from '../../shared/clock';
import { GitStore } from '../../sandbox/devops/git/repositories/gitStore';
import { startLocalOrganization } from '../../sandbox/localOrganization';
import { runTask } from '../../shared/task/runTask';
import type { Inputs, Task } from '../../shared/task/task';
import { DescribedAnswers } from './devops/describedAnswers';
import { FakeAgent } from './fakeAgent';
import { FakeClock } from './fakeClock';
import { openGate, type Stop } from './gate';
import type { Route } from './routes';
import { sharedSigningKeys } from './sharedKeys';

/** One try of a step, as far as it differs from the usual. */
export interface DevopsTry {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** A personal access token; that of the administrator by default. */
  readonly token?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

/** Whether a request changes something: some questions are too long for a GET. */
export function isWrite({ method, path }: Route): boolean {
  return method !== 'GET' && !/\/(permissionevaluationbatch|preview)$/i.test(path);
}

/** A stand-in of an organization, whose time passes only while somebody sleeps. */
export class DevopsStage {
  private constructor(
    private readonly answers: DescribedAnswers,
    readonly organization: Organization,
    readonly clock: FakeClock,
    readonly project: string,
  ) {}

  static async open(): Promise<DevopsStage> {
    const clock = new FakeClock();
    const answers = new DescribedAnswers();
    const organization = await startLocalOrganization({
      connections: [],
      onAnswer: (received, answer) => answers.take(received, answer),
      clock: { now: () => clock.date() },
      signingKeys: await sharedSigningKeys(),
    });
    const project = organization.state.projects.all()[0]?.name ?? '';
    return new DevopsStage(answers, organization, clock, project);
  }

  /** Throws an AssertionError if the stand-in answered otherwise than Microsoft describes. */
  async close(): Promise<void> {
    await this.organization.close();
    assert.deepEqual(this.answers.problems, []);
  }

  get git(): GitStore {
    return this.organization.state.of(GitStore);
  }

  get projectId(): string {
    return this.organization.state.projects.find(this.project)?.id ?? '';
  }

  /** Adds a repository with a branch `main`. */
  addRepository(name: string): void {
    const repository = this.git.create(name, this.projectId);
    const tree = repository.objects.writeTree([]);
    const person = 'A <a@example.com> 1 +0000';
    const text = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\nx\n`;
    const objectId = repository.objects.write('commit', Buffer.from(text));
    repository.refs.set('refs/heads/main', { objectId, creatorId: '' });
    repository.defaultBranch = 'refs/heads/main';
  }

  /** One try of a step, in the project of the stage. */
  async run<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    inputs: Readonly<Record<string, string>>,
    { clock = this.clock, signal = new AbortController().signal, token, variables = {}, secrets = [] }: DevopsTry = {},
  ): Promise<FakeAgent> {
    const { state, personalAccessToken } = this.organization;
    const url = state.url('').replace(/\/$/, '');
    const given = { connectionType: 'token', devopsConnection: 'c', project: this.project, ...inputs };
    const connections = { c: { url, token: token ?? personalAccessToken } };
    const agent = new FakeAgent(given, connections, variables, undefined, secrets);
    await runTask(task, { agent, clock, signal });
    return agent;
  }

  /** A try that is killed at a request, or that ends before it comes to it. */
  async runUntil<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    inputs: Readonly<Record<string, string>>,
    stop: Stop,
  ): Promise<void> {
    const { state } = this.organization;
    const own = state.origin;
    const gate = await openGate(own, stop);
    state.origin = gate.url;
    const kill = new AbortController();
    const clock: Clock = {
      now: () => this.clock.now(),
      date: () => this.clock.date(),
      // The dead don't wait for a better moment.
      sleep: async (milliseconds, signal) => {
        kill.signal.throwIfAborted();
        await this.clock.sleep(milliseconds, signal);
      },
    };
    const running = this.run(task, inputs, { clock, signal: kill.signal });
    await Promise.race([gate.reached, running]);
    kill.abort(new Error('killed'));
    await gate.close();
    await running;
    state.origin = own;
  }

  /** The requests that change something. */
  writes(): readonly string[] {
    return this.organization.requests
      .list()
      .filter(isWrite)
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** The requests that change something, each with the last word of its path: `POST definitions`. */
  writtenKinds(): readonly string[] {
    return this.writes().map((write) => {
      const [method = '', path = ''] = write.split(' ');
      return `${method} ${path.split('/').findLast((segment) => /^[a-z-]+$/i.test(segment)) ?? ''}`;
    });
  }

  /** What the repositories hold, in values that are the same in another stage. */
  repositories(): readonly unknown[] {
    return this.git.list(this.projectId).map(({ name, defaultBranch, tips, objects, importRequests }) => ({
      name,
      defaultBranch,
      imports: importRequests.map(({ url, status }) => [url, status]),
      branches: [...tips].map(([ref, commit]) => [ref, objects.readCommit(commit).tree]),
    }));
  }
}
