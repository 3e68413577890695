import assert from 'node:assert/strict';
import type { Job } from '../../sandbox/databricks/jobs/jobs';
import { CreateJobWorkspace } from './createJobWorkspace';

const spec = '{name: Train, tasks: [{task_key: train, notebook_task: {notebook_path: /Shared/train}}]}';
const lagMilliseconds = 30_000;

describe('CreateJob, when others create a job of the same name', () => {
  let workspace: CreateJobWorkspace;
  beforeEach(async () => (workspace = await CreateJobWorkspace.open()));
  afterEach(() => workspace.close());

  /** When the step creates its job, somebody else has one that is so much older; `tags` replaces those of this task. */
  function createBefore(milliseconds: number, tags?: Readonly<Record<string, string>>): () => Job {
    const { jobs } = workspace.databricks;
    const create = jobs.create.bind(jobs);
    let other: Job | undefined;
    jobs.create = (settings, creator) => {
      const made = create({ ...settings, ...(tags && { tags }) }, 'other@example.com');
      other = Object.assign(made, { createdTime: made.createdTime - milliseconds });
      return create(settings, creator);
    };
    return () => other as unknown as Job;
  }

  /** The list shows new jobs, and hides deleted ones, so much later. */
  function delayList(): void {
    const { jobs, clock } = workspace.databricks;
    const [list, remove] = [jobs.list.bind(jobs), jobs.remove.bind(jobs)];
    const deleted = new Map<Job, number>();
    jobs.remove = (job) => {
      deleted.set(job, clock.now());
      remove(job);
    };
    jobs.list = () => [
      ...list().filter(({ createdTime }) => createdTime <= clock.now() - lagMilliseconds),
      ...[...deleted].filter(([, at]) => at > clock.now() - lagMilliseconds).map(([job]) => job),
    ];
  }

  const left = (): readonly string[] => workspace.databricks.jobs.list().map(({ id }) => id);
  const writes = (): readonly string[] => workspace.calls().filter((call) => call.startsWith('POST'));

  it('deletes its own job if it is the newer one, and uses the other', async () => {
    const other = createBefore(1);
    const agent = await workspace.run({ spec });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(left(), [other().id]);
    assert.deepEqual([agent.outputs['jobId'], agent.outputs['change']], [other().id, 'unchanged']);
    assert.match(
      agent.text('log'),
      /^The job 'Train' \(\d+\) was created at the same time\. Deleting the newer job \d+\.$/m,
    );
    assert.deepEqual(writes(), ['POST /api/2.2/jobs/create', 'POST /api/2.2/jobs/delete']);
  });

  it('does not change a job that was not created by this task, even if it is the older one', async () => {
    const other = createBefore(1, { owner: 'me' });
    const agent = await workspace.run({ spec });
    assert.match(agent.end.message, /was not created by this task, so it is not changed\. Set 'adopt' to true/);
    assert.deepEqual(left(), [other().id]);
    assert.deepEqual(other().settings['tags'], { owner: 'me' });
  });

  it('keeps its own job if it is the older one, and fails if the other one stays', async () => {
    createBefore(-1);
    const agent = await workspace.run({ spec });
    assert.match(agent.end.message, /^2 jobs are named 'Train': .*\. Delete or rename all but one\.$/);
    assert.equal(left().length, 2);
    assert.deepEqual(writes(), ['POST /api/2.2/jobs/create']);
  });

  it('waits until the newer job is deleted', async () => {
    const other = createBefore(-1);
    const { clock } = workspace;
    const sleep = clock.sleep.bind(clock);
    const patient = {
      ...clock,
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        await sleep(milliseconds, signal);
        if (left().includes(other().id)) workspace.databricks.jobs.remove(other());
      },
    };
    const agent = await workspace.run({ spec }, { clock: patient });
    assert.equal(agent.outputs['change'], 'created', agent.text());
    assert.deepEqual(left(), [agent.outputs['jobId']]);
  });

  it('leaves one job when 20 steps run at once, all of which succeed, as later ones do', async () => {
    const { jobs } = workspace.databricks;
    const create = jobs.create.bind(jobs);
    let count = 0;
    jobs.create = (settings, creator) => {
      const made = create(settings, creator);
      return Object.assign(made, { createdTime: made.createdTime + count++ });
    };
    const agents = await Promise.all(Array.from({ length: 20 }, () => workspace.run({ spec })));
    for (const agent of agents) assert.equal(agent.end.result, 'Succeeded', agent.text());
    const [id, ...more] = left();
    assert.deepEqual(more, []);
    assert.deepEqual(new Set(agents.map(({ outputs }) => outputs['jobId'])), new Set([id]));
    assert.equal((await workspace.run({ spec })).outputs['change'], 'unchanged');
  });

  it('leaves the job of an attempt that was killed, although the list is late', async () => {
    delayList();
    const stop = new AbortController();
    const { jobs } = workspace.databricks;
    const create = jobs.create.bind(jobs);
    jobs.create = (settings, creator) => {
      queueMicrotask(() => stop.abort());
      return create(settings, creator);
    };
    await workspace.run({ spec }, { signal: stop.signal });
    jobs.create = create;
    await workspace.databricks.clock.advance(1000);
    const agent = await workspace.run({ spec });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    await workspace.databricks.clock.advance(lagMilliseconds);
    assert.deepEqual(left(), [agent.outputs['jobId']]);
    assert.equal(workspace.count('jobs/create'), 2);
    assert.equal((await workspace.run({ spec })).outputs['change'], 'unchanged');
  });

  it('leaves one job when steps run at once and the list is late', async () => {
    delayList();
    const agents = await Promise.all(Array.from({ length: 4 }, () => workspace.run({ spec })));
    for (const agent of agents) assert.equal(agent.end.result, 'Succeeded', agent.text());
    await workspace.databricks.clock.advance(lagMilliseconds);
    assert.equal(left().length, 1);
    assert.equal((await workspace.run({ spec })).outputs['change'], 'unchanged');
  });

  it('fails when the deletion of its own job is acknowledged and not carried out', async () => {
    createBefore(1);
    workspace.databricks.faults.add({ path: '*/jobs/delete', times: 99, effect: 'status', status: 200, body: '{}' });
    assert.match((await workspace.run({ spec })).end.message, /^2 jobs are named 'Train'/);
  });

  it('fails when the creation is acknowledged and not carried out', async () => {
    const body = '{"job_id": 4711}';
    workspace.databricks.faults.add({ path: '*/jobs/create', times: 99, effect: 'status', status: 200, body });
    const { result, message } = (await workspace.run({ spec })).end;
    assert.deepEqual([result, left()], ['Failed', []]);
    assert.match(message, /^The job 'Train' \(4711\) was created, but Databricks has not listed it for 90 s/);
  });

  it('fails when an update is acknowledged and not carried out', async () => {
    await workspace.run({ spec });
    workspace.databricks.faults.add({ path: '*/jobs/reset', times: 99, effect: 'status', status: 200, body: '{}' });
    const agent = await workspace.run({ spec, maxConcurrentRuns: '5' });
    assert.match(
      agent.end.message,
      /accepted the definition .* these settings differ:\n {2}~ max_concurrent_runs: 1 → 5/,
    );
  });
});
