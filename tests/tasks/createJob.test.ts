import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeAgent } from '../support/fakeAgent';
import { CreateJobWorkspace } from './createJobWorkspace';

const notebook = { task_key: 'train', notebook_task: { notebook_path: '/Shared/train' } };
const ours = { 'managed-by': 'model-pipeline-tasks', repository: 'models' };
const spec = `
name: Train
max_concurrent_runs: 2
tasks:
  - task_key: train
    notebook_task: {notebook_path: /Shared/train}
    timeout_seconds: 600
  - {task_key: score, depends_on: [{task_key: train}], notebook_task: {notebook_path: /Shared/score}}
`;
const writes = /POST|PUT|PATCH|DELETE/;

describe('CreateJob', () => {
  let workspace: CreateJobWorkspace;
  beforeEach(async () => {
    workspace = await CreateJobWorkspace.open();
  });
  afterEach(() => workspace.close());

  const settings = (): Readonly<Record<string, unknown>> => workspace.databricks.jobs.list()[0]?.settings ?? {};
  const jobCount = (): number => workspace.databricks.jobs.list().length;
  const permissions = (groups: Readonly<Record<string, string>>): string =>
    JSON.stringify(Object.entries(groups).map(([group_name, permission_level]) => ({ group_name, permission_level })));

  /** The next calls that change something, as a task makes them. */
  async function writesOf(inputs: Readonly<Record<string, string>>): Promise<[FakeAgent, readonly string[]]> {
    workspace.databricks.requests.clear();
    const agent = await workspace.run(inputs);
    return [agent, workspace.calls().filter((call) => writes.test(call))];
  }

  it('creates a job from a name and a notebook, sets its id and page, and finds it unchanged', async () => {
    const inputs = {
      jobName: 'Train',
      notebookPath: '/Shared/train',
      clusterId: '1101-101010-abcdefgh',
      parameters: 'rounds=3',
      schedule: '0 30 5 * * ?',
      maxConcurrentRuns: '4',
    };
    const [agent, calls] = await writesOf(inputs);
    const { jobId = '', jobUrl = '', change } = agent.outputs;
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(calls, ['POST /api/2.2/jobs/create']);
    assert.equal(change, 'created');
    assert.equal(jobId, workspace.databricks.jobs.list()[0]?.id);
    assert.equal(jobUrl, `${workspace.databricks.url}/jobs/${jobId}`);
    assert.equal(agent.end.message, `The job 'Train' was created: ${jobUrl}`);
    assert.match(agent.text('log'), /^There is no job 'Train'\. It will have:\n {2}\+ name: Train$/m);
    const { name, tags, tasks, parameters, schedule, max_concurrent_runs } = settings();
    assert.deepEqual(
      { name, tags, parameters, schedule, max_concurrent_runs },
      {
        name: 'Train',
        tags: ours,
        parameters: [{ name: 'rounds', default: '3' }],
        schedule: { quartz_cron_expression: '0 30 5 * * ?', timezone_id: 'UTC' },
        max_concurrent_runs: 4,
      },
    );
    assert.equal((tasks as { existing_cluster_id: string }[])[0]?.existing_cluster_id, inputs.clusterId);
    assert.match(agent.summaries['Databricks job'] ?? '', /^\*\*\[Train\]\(http.*\)\*\* was created\.\n\n\| Setting/);

    const [again, callsAgain] = await writesOf(inputs);
    assert.equal(again.end.result, 'Succeeded', again.text());
    assert.deepEqual(callsAgain, []);
    assert.deepEqual(again.outputs, { jobId, jobUrl, change: 'unchanged' });
    assert.equal(again.end.message, `The job 'Train' is as defined: ${jobUrl}`);
    assert.deepEqual(again.summaries, {});
  });

  it('creates a job from a specification, in the pipeline or in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'createJob-'));
    try {
      const specFile = join(folder, 'job.yml');
      await writeFile(specFile, spec);
      for (const [input, change] of [
        [{ spec }, 'created'],
        [{ specFile }, 'unchanged'],
        [{ specFile, jobName: 'Train on test' }, 'created'],
      ] as const) {
        const agent = await workspace.run(input);
        assert.equal(agent.outputs['change'], change, agent.text());
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.deepEqual(
      workspace.databricks.jobs.list().map((job) => job.settings['name']),
      ['Train on test', 'Train'],
    );
  });

  it('resets a job that differs from its definition, and logs the differences', async () => {
    const created = await workspace.run({ spec });
    const [agent, calls] = await writesOf({ spec: spec.replace('600', '900'), maxConcurrentRuns: '3' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(calls, ['POST /api/2.2/jobs/reset']);
    assert.deepEqual(agent.outputs, { ...created.outputs, change: 'updated' });
    assert.deepEqual(agent.text('log').split('\n'), [
      'An input replaces a setting of the specification: ~ max_concurrent_runs: 2 → 3',
      "The job 'Train' differs from its definition:",
      '  ~ max_concurrent_runs: 2 → 3',
      '  ~ tasks.train.timeout_seconds: 600 → 900',
    ]);
    assert.match(agent.summaries['Databricks job'] ?? '', /\| tasks\.train\.timeout\\_seconds \| changed \|/);
    assert.doesNotMatch(agent.summaries['Databricks job'] ?? '', /→|: 900/);
    assert.equal(settings()['max_concurrent_runs'], 3);
    assert.equal(jobCount(), 1);
  });

  it('removes what somebody added to the job by hand, and logs it', async () => {
    const { outputs } = await workspace.run({ spec });
    await workspace.request('POST', '/api/2.2/jobs/update', {
      job_id: BigInt(outputs['jobId'] ?? ''),
      new_settings: {
        tasks: [{ ...notebook, task_key: 'extra' }],
        schedule: { quartz_cron_expression: '0 0 1 * * ?', timezone_id: 'UTC' },
      },
    });
    const agent = await workspace.run({ spec });
    assert.equal(agent.outputs['change'], 'updated', agent.text());
    assert.match(agent.text('log'), /^ {2}- tasks\.extra: .*\n {2}- schedule: {"quartz_cron_expression":"0 0 1 /m);
    assert.equal(settings()['schedule'], undefined);
    assert.equal((settings()['tasks'] as unknown[]).length, 2);
  });

  it('shows in a dry run what it would change, and changes nothing', async () => {
    const permitted = { spec, permissions: permissions({ team: 'CAN_VIEW' }), dryRun: 'true' };
    const [missing, calls] = await writesOf(permitted);
    assert.deepEqual(calls, []);
    assert.deepEqual(missing.outputs, { change: 'created' });
    assert.equal(missing.end.message, "The job 'Train' would be created.");
    assert.match(missing.text('log'), /^There is no job 'Train'\.[^]*\+ tasks\.score: [^]*\+ permissions.*group team/m);
    assert.match(missing.summaries['Databricks job'] ?? '', /^\*\*Train\*\* would be created/);

    const { outputs } = await workspace.run({ spec });
    const before = workspace.state();
    const [present, callsThen] = await writesOf({ ...permitted, maxConcurrentRuns: '9' });
    assert.deepEqual(callsThen, []);
    assert.deepEqual(present.outputs, { ...outputs, change: 'updated' });
    assert.match(present.end.message, /^The job 'Train' would be updated: http/);
    assert.match(present.text('log'), /~ max_concurrent_runs: 2 → 9\n {2}\+ permissions\['group team'\]: CAN_VIEW/);
    assert.deepEqual(workspace.state(), before);
    assert.equal((await workspace.run({ spec, dryRun: 'true' })).outputs['change'], 'unchanged');
  });

  it('sets exactly the permissions that are given, keeps the owner, and changes none when none are given', async () => {
    const acl = (): unknown =>
      workspace.databricks.permissions.get('jobs', workspace.databricks.jobs.list()[0]?.id ?? '');
    const owner = { user_name: 'someone@example.com', permission_level: 'IS_OWNER' };
    const group = (group_name: string, permission_level: string): object => ({ group_name, permission_level });

    const [created, calls] = await writesOf({ spec, permissions: permissions({ a: 'CAN_VIEW', b: 'CAN_MANAGE' }) });
    assert.equal(created.end.result, 'Succeeded', created.text());
    assert.deepEqual(calls, ['POST /api/2.2/jobs/create', 'PUT /api/2.0/permissions/jobs/*']);
    assert.deepEqual(acl(), [owner, group('a', 'CAN_VIEW'), group('b', 'CAN_MANAGE')]);

    const [same, none] = await writesOf({ spec, permissions: permissions({ b: 'CAN_MANAGE', a: 'CAN_VIEW' }) });
    assert.deepEqual([same.outputs['change'], none], ['unchanged', []]);
    const [silent, nothing] = await writesOf({ spec });
    assert.deepEqual([silent.outputs['change'], nothing], ['unchanged', []]);

    const [less, put] = await writesOf({ spec, permissions: permissions({ a: 'CAN_MANAGE_RUN' }) });
    assert.deepEqual([less.outputs['change'], put], ['updated', ['PUT /api/2.0/permissions/jobs/*']]);
    assert.match(
      less.text('log'),
      /~ permissions\['group a'\]: CAN_VIEW → CAN_MANAGE_RUN\n {2}- permissions\['group b'\]/,
    );
    assert.deepEqual(acl(), [owner, group('a', 'CAN_MANAGE_RUN')]);

    const other = { user_name: 'other@example.com', permission_level: 'IS_OWNER' };
    await workspace.run({ spec: `${spec}access_control_list: [${JSON.stringify(other)}]` });
    assert.deepEqual(acl(), [other]);
  });

  it('refuses a job that somebody else created, unless adopt is set', async () => {
    const id = await workspace.job({ name: 'Train', tasks: [notebook] });
    for (const dryRun of ['true', 'false']) {
      const [refused, calls] = await writesOf({ spec, dryRun });
      assert.equal(refused.end.result, 'Failed');
      assert.equal(
        refused.end.message,
        `The job 'Train' (${id}, created by someone@example.com) was not created by this task, so it is not changed. ` +
          "Set 'adopt' to true, or rename the job.",
      );
      assert.match(refused.text('log'), /\+ tasks\.score/);
      assert.deepEqual(calls, []);
      assert.equal(refused.outputs['jobId'], id);
    }
    const adopted = await workspace.run({ spec, adopt: 'true' });
    assert.deepEqual([adopted.outputs['jobId'], adopted.outputs['change']], [id, 'updated'], adopted.text());
    assert.match(adopted.text('log'), /was not created by this task\. Taking it over\.$/m);
    assert.deepEqual(settings()['tags'], ours);
    assert.equal((await workspace.run({ spec })).outputs['change'], 'unchanged');
  });

  it('finds a job on a later page of the list, and refuses a name that several jobs have', async () => {
    const { outputs } = await workspace.run({ spec });
    for (let count = 0; count < 205; count++)
      await workspace.job({ name: count % 100 === 50 ? 'Twin' : 'TRAIN', tasks: [notebook] });
    const agent = await workspace.run({ spec });
    assert.deepEqual(agent.outputs, { ...outputs, change: 'unchanged' }, agent.text());
    const [twin, calls] = await writesOf({ spec, jobName: 'Twin' });
    assert.match(
      twin.end.message,
      /^2 jobs are named 'Twin': \d+ \(created by someone@example\.com\), \d+ \(created by .*\)\. Delete or rename all but one\.$/,
    );
    assert.deepEqual(calls, []);
  });

  it('compares jobs with hundreds of tasks, which are read in pages', async () => {
    const tasks = Array.from({ length: 250 }, (_, index) => ({
      task_key: `t${index}`,
      notebook_task: { notebook_path: `/Shared/${index}` },
    }));
    const whole = JSON.stringify({ name: 'Many', tasks, parameters: [{ name: 'a', default: '' }] });
    assert.equal((await workspace.run({ spec: whole })).outputs['change'], 'created');
    assert.equal((await workspace.run({ spec: whole })).outputs['change'], 'unchanged');
    const agent = await workspace.run({ spec: whole.replace('/Shared/249', '/Shared/other') });
    assert.match(
      agent.text('log'),
      /^ {2}~ tasks\.t249\.notebook_task\.notebook_path: \/Shared\/249 → \/Shared\/other$/m,
    );
    assert.equal(agent.text('log').split('\n').length, 2);
  });

  it('keeps IDs and other large integers exact', async () => {
    const run = await workspace.job({ name: 'Other', tasks: [notebook] });
    const big = `{name: Chain, tasks: [{task_key: run, run_job_task: {job_id: ${run}}}], budget: 9007199254740993}`;
    assert.equal((await workspace.run({ spec: big })).outputs['change'], 'created');
    assert.equal(settings()['budget'], 9007199254740993n);
    assert.equal((await workspace.run({ spec: big })).outputs['change'], 'unchanged');
  });

  it('creates only one job when the response to its creation is lost and the list does not contain it at once', async () => {
    const { jobs, faults } = workspace.databricks;
    const list = jobs.list.bind(jobs);
    let looks = 0;
    jobs.list = () => (looks++ < 5 ? [] : list());
    faults.add({ path: '*/create', when: 'after', effect: 'reset' });
    const [agent, calls] = await writesOf({ spec });
    assert.equal(agent.outputs['change'], 'created', agent.text());
    assert.deepEqual(calls, ['POST /api/2.2/jobs/create']);
    assert.equal(agent.outputs['jobId'], list()[0]?.id);
    assert.match(agent.text('log'), /ECONNRESET|hang up/);
  });

  it('tries three times to create a job that certainly does not exist, and then fails with the reason', async () => {
    workspace.databricks.faults.add({ path: '*/create', times: 99, effect: 'reset' });
    const [agent, calls] = await writesOf({ spec });
    assert.match(agent.end.message, /^Could not create the job: Databricks gave no answer/);
    assert.equal(calls.length, 3);
  });

  it('fails when others create a job with that name at the same moment', async () => {
    const { jobs } = workspace.databricks;
    const create = jobs.create.bind(jobs);
    jobs.create = (settings, creator, ...more) => {
      create(settings, 'other@example.com', ...more);
      return create(settings, creator, ...more);
    };
    const agent = await workspace.run({ spec });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^2 jobs are named 'Train': .*created by other@example\.com.*Delete or rename/);
    assert.match(agent.outputs['jobId'] ?? '', /^\d+$/);
  });

  it('reports what Databricks did not accept, and what it keeps', async () => {
    const { resetJob } = spoiled();
    await workspace.run({ spec });
    resetJob((settings) => ({ ...settings, max_concurrent_runs: 7, description: 'kept' }));
    const agent = await workspace.run({ spec, maxConcurrentRuns: '5' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /^Databricks accepted the definition of the job 'Train' \(\d+\), but these settings differ:\n {2}~ max_concurrent_runs: 7 → 5\n {2}- description: kept\nWrite these/,
    );

    resetJob((settings) => ({ ...settings, description: 'kept' }));
    const kept = await workspace.run({ spec, maxConcurrentRuns: '5' });
    assert.equal(kept.outputs['change'], 'updated', kept.text());
    assert.match(kept.text('log'), /^Databricks keeps a setting that is not in the definition: - description: kept$/m);
    const again = await workspace.run({ spec, maxConcurrentRuns: '5' });
    assert.equal(again.outputs['change'], 'unchanged', again.text());
  });

  const jarTask = { task_key: 'etl', spark_jar_task: { main_class_name: 'com.example.Main' } };
  const cluster = { spark_version: '16.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
  const applied = { ...cluster, apply_policy_default_values: true };
  const hooks = { on_failure: [{ id: 'ffff' }, { id: 'aaaa' }, { id: 'cccc' }] };
  const loop = (task: object): object => ({ task_key: 'all', for_each_task: { inputs: '[1]', task } });
  const image = { url: 'registry.example.com/a:1', basic_auth: { username: 'u', password: '{{secrets/a/b}}' } };
  const tables = { table_names: ['b', 'a'], condition: 'ANY_UPDATED' };

  // What is not returned as it was written, and another value of it.
  for (const [what, job, other] of [
    [
      'policy defaults of a shared cluster',
      { tasks: [notebook], job_clusters: [{ job_cluster_key: 'main', new_cluster: applied }] },
      { tasks: [notebook], job_clusters: [{ job_cluster_key: 'main', new_cluster: cluster }] },
    ],
    [
      'policy defaults of a cluster of a task',
      { tasks: [{ ...notebook, new_cluster: applied }] },
      { tasks: [{ ...notebook, new_cluster: cluster }] },
    ],
    [
      'policy defaults of a cluster of a repeated task',
      { tasks: [loop({ ...notebook, new_cluster: applied })] },
      { tasks: [loop({ ...notebook, new_cluster: cluster })] },
    ],
    [
      'the sign-in to the registry of an image',
      { tasks: [{ ...notebook, new_cluster: { ...cluster, docker_image: image } }] },
      {
        tasks: [
          {
            ...notebook,
            new_cluster: { ...cluster, docker_image: { ...image, basic_auth: { ...image.basic_auth, username: 'v' } } },
          },
        ],
      },
    ],
    [
      'the condition of a table trigger',
      { tasks: [notebook], trigger: { table_update: tables } },
      { tasks: [notebook], trigger: { table_update: { ...tables, condition: 'ALL_UPDATED' } } },
    ],
    [
      'the condition of one of several triggers',
      { tasks: [notebook], triggers: [{ table_update: tables }] },
      { tasks: [notebook], triggers: [{ table_update: { ...tables, condition: 'ALL_UPDATED' } }] },
    ],
    [
      'webhooks of a job in another order',
      { tasks: [notebook], webhook_notifications: hooks },
      { tasks: [notebook], webhook_notifications: { on_failure: hooks.on_failure.slice(1) } },
    ],
    [
      'webhooks of tasks in another order',
      { tasks: [{ ...notebook, webhook_notifications: hooks }, loop({ ...notebook, webhook_notifications: hooks })] },
      { tasks: [{ ...notebook, webhook_notifications: hooks }, loop(notebook)] },
    ],
    [
      'run_as_repl of a JAR task',
      { tasks: [jarTask, loop(jarTask)] },
      { tasks: [jarTask, loop({ ...jarTask, spark_jar_task: { main_class_name: 'com.example.Other' } })] },
    ],
  ] as const)
    it(`leaves a job as it is with ${what}, and notices a change`, async () => {
      const [inputs, changed] = [job, other].map((settings) => ({
        spec: JSON.stringify({ name: 'Job', ...settings }),
      }));
      assert.ok(inputs && changed);
      const before = workspace.clock.now();
      assert.equal((await workspace.run(inputs)).outputs['change'], 'created');
      assert.ok(workspace.clock.now() - before <= 2000, 'waited');
      const [again, calls] = await writesOf(inputs);
      assert.deepEqual([again.outputs['change'], calls], ['unchanged', []], again.text());
      assert.equal((await workspace.run({ ...inputs, dryRun: 'true' })).outputs['change'], 'unchanged');

      assert.equal((await workspace.run({ ...changed, dryRun: 'true' })).outputs['change'], 'updated');
      const [updated, reset] = await writesOf(changed);
      assert.deepEqual([updated.outputs['change'], reset], ['updated', ['POST /api/2.2/jobs/reset']], updated.text());
      assert.equal((await workspace.run(changed)).outputs['change'], 'unchanged');
    });

  it('accepts a setting that Databricks does not return, and remembers it with a tag', async () => {
    const { jobs } = workspace.databricks;
    const [create, reset] = [jobs.create.bind(jobs), jobs.reset.bind(jobs)];
    const known = (all: object): object => Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'new'));
    jobs.create = (all, creator) => create(known(all) as typeof all, creator);
    jobs.reset = (job, all) => reset(job, known(all) as typeof all);
    const withNew = (value: string): Readonly<Record<string, string>> => ({ spec: `${spec}new: ${value}` });
    const created = await workspace.run(withNew('a'));
    assert.equal(created.outputs['change'], 'created', created.text());
    assert.match(created.text('log'), /^Databricks does not return a setting of the definition: \+ new: a$/m);
    assert.match(JSON.stringify(settings()['tags']), /"definition-digest":"[0-9a-f]{16}"/);
    const [same, none] = await writesOf(withNew('a'));
    assert.deepEqual([same.outputs['change'], none], ['unchanged', []], same.text());
    assert.equal((await workspace.run(withNew('b'))).outputs['change'], 'updated');
    const [again, nothing] = await writesOf(withNew('b'));
    assert.deepEqual([again.outputs['change'], nothing], ['unchanged', []], again.text());
    const [less] = await writesOf({ spec });
    assert.equal(less.outputs['change'], 'updated');
    assert.deepEqual(settings()['tags'], ours);
    assert.equal((await workspace.run({ spec })).outputs['change'], 'unchanged');
  });

  it('restores what somebody removed by hand beside what Databricks does not return', async () => {
    const inputs = {
      spec: JSON.stringify({ name: 'Job', tasks: [{ ...notebook, new_cluster: applied, max_retries: 3 }] }),
    };
    const { outputs } = await workspace.run(inputs);
    await workspace.request('POST', '/api/2.2/jobs/update', {
      job_id: BigInt(outputs['jobId'] ?? ''),
      new_settings: { tasks: [{ ...notebook, new_cluster: cluster }] },
    });
    const agent = await workspace.run(inputs);
    assert.equal(agent.outputs['change'], 'updated', agent.text());
    assert.match(agent.text('log'), /\+ tasks\.train\.max_retries: 3/);
    assert.equal((await workspace.run(inputs)).outputs['change'], 'unchanged');
  });

  it('gives a job of an earlier version no tag, unless it has settings that Databricks does not return', async () => {
    await workspace.job({ name: 'Plain', tags: ours, tasks: [notebook] });
    const [plain, none] = await writesOf({ spec: JSON.stringify({ name: 'Plain', tasks: [notebook] }) });
    assert.deepEqual([plain.outputs['change'], none], ['unchanged', []], plain.text());

    const task = { ...notebook, new_cluster: applied };
    await workspace.job({ name: 'Hidden', tags: ours, tasks: [task] });
    const inputs = { spec: JSON.stringify({ name: 'Hidden', tasks: [task] }) };
    const [hidden, reset] = await writesOf(inputs);
    assert.deepEqual([hidden.outputs['change'], reset.length], ['updated', 1], hidden.text());
    assert.match(hidden.text('log'), /\+ tasks\.train\.new_cluster\.apply_policy_default_values: true/);
    assert.equal((await workspace.run(inputs)).outputs['change'], 'unchanged');
  });

  it('takes no digest from a specification that was exported from a job, and keeps room for its own', async () => {
    const tags = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));
    const exported = { name: 'Job', tags: { ...tags(2), 'definition-digest': 'other' }, tasks: [notebook] };
    assert.equal((await workspace.run({ spec: JSON.stringify(exported) })).outputs['change'], 'created');
    assert.deepEqual(settings()['tags'], { ...ours, ...tags(2) });

    const hidden = { name: 'Job', tasks: [{ ...notebook, new_cluster: applied }] };
    const agent = await workspace.run({ spec: JSON.stringify({ ...hidden, tags: tags(23) }) });
    assert.match(agent.end.message, /'spec' must not have more than 22 tags/);
    assert.equal(
      (await workspace.run({ spec: JSON.stringify({ ...hidden, tags: tags(22) }) })).end.result,
      'Succeeded',
    );
    assert.equal(Object.keys(settings()['tags'] ?? {}).length, 25);
  });

  it('says that a change of a password alone is not noticed', async () => {
    const withPassword = (password: string): Readonly<Record<string, string>> => {
      const docker_image = { ...image, basic_auth: { username: 'u', password } };
      return {
        spec: JSON.stringify({ name: 'Job', tasks: [{ ...notebook, new_cluster: { ...cluster, docker_image } }] }),
      };
    };
    const notice =
      /^Databricks does not return tasks\.train\.new_cluster\.docker_image\.basic_auth, so a change of only a secret/m;
    assert.match((await workspace.run(withPassword('winter'))).text('log'), notice);
    const same = await workspace.run(withPassword('summer'));
    assert.equal(same.outputs['change'], 'unchanged');
    assert.match(same.text('log'), notice);
    const reference = await workspace.run(withPassword('{{secrets/a/b}}'));
    assert.equal(reference.outputs['change'], 'updated');
    assert.doesNotMatch(reference.text('log'), notice);
  });

  it('fails when a list lacks an entry that was written', async () => {
    const { resetJob } = spoiled();
    await workspace.run({ spec });
    resetJob((all) => ({ ...all, tasks: (all as { tasks: object[] }).tasks.slice(0, 1) }));
    const agent = await workspace.run({ spec, maxConcurrentRuns: '5' });
    assert.match(
      agent.end.message,
      /^Databricks accepted the definition .* but these settings differ:\n {2}\+ tasks\.score: /,
    );
  });

  it('reports which permissions Databricks did not accept', async () => {
    const all = workspace.databricks.permissions;
    const set = all.set.bind(all);
    all.set = (kind, id, entries) =>
      set(kind, id, [...entries.slice(0, 1), { group_name: 'more', permission_level: 'CAN_VIEW' }]);
    const agent = await workspace.run({ spec, permissions: permissions({ team: 'CAN_VIEW' }) });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /but these settings differ:\n {2}\+ permissions\['group team'\]: CAN_VIEW\n {2}- permissions\['group more'\]/,
    );
  });

  /** Lets the workspace make something else of the settings that are sent to reset a job. */
  function spoiled(): { resetJob: (change: (settings: object) => object) => void } {
    const { jobs } = workspace.databricks;
    const reset = jobs.reset.bind(jobs);
    return {
      resetJob: (change) => {
        jobs.reset = (job, settings) => reset(job, change(settings) as typeof settings);
      },
    };
  }

  it('reports everything that is wrong with the inputs at once, before any call', async () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [
        { spec: 'resources: {jobs: {my_job: {name: A, tasks: [{task_key: t, notebook_task: {notebook_path: /x}}]}}}' },
        /'spec' is not a valid job specification:\s+line 1: This is a bundle\. Use only the content of resources\.jobs\.my_job\./,
      ],
      [{}, /'jobName' is required where[^]*'spec' must have tasks/],
      [{ jobName: 'x', notebookPath: 'train' }, /^Input 'notebookPath' must be an absolute workspace path/],
      [{ spec, specFile: 'package.json' }, /^Input 'spec' cannot be combined with 'specFile'\.$/],
      [{ specFile: 'package.json' }, /'specFile' must have tasks/],
      [{ spec: 'name: x\ntasks: [{}]' }, /^Input 'spec' is not a valid job specification:\s+line 2: .*task_key/],
      [{ spec: 'a: [' }, /^Input 'spec' is not valid YAML or JSON: .* at line 1/],
      [{ spec, schedule: '5 * * * *' }, /'schedule' must be a Quartz cron expression of 6 or 7 fields/],
      [{ spec, schedule: '5 * * * *', timeZone: 'UTC' }, /^Input 'schedule'/],
      [{ spec, maxConcurrentRuns: '1001' }, /'maxConcurrentRuns' must be a whole number from 0 to 1000/],
      [{ spec, notebookPath: '/x' }, /'notebookPath' cannot be used with a specification of 2 tasks/],
      [{ spec, permissions: 'a: 1' }, /'permissions' must be a list/],
      [
        { spec, permissions: permissions({ a: 'CAN_READ' }) },
        /'permissions' must have one of the levels .* in entry 1 of the list/,
      ],
      [{ spec, parameters: 'a' }, /'parameters' line 1 is not of the form name=value/],
    ];
    for (const [inputs, message] of wrong) {
      const { end } = await workspace.run(inputs);
      assert.equal(end.result, 'Failed');
      assert.match(end.message, message);
    }
    assert.deepEqual(workspace.calls(), []);
  });

  it('fails with the message of Databricks when it refuses the definition', async () => {
    const agent = await workspace.run({ spec: spec.replace('task_key: train}', 'task_key: nobody}') });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^Could not create the job: Databricks answered 400 .*'nobody'/);
    assert.equal(jobCount(), 0);
  });
});
