import assert from 'node:assert/strict';
import type { JsonMap } from '../../../../shared/json';
import { definitionProblems, jobDefinition, type JobShorthand } from '../../../../shared/databricks/jobs/definition';

const ours = { 'managed-by': 'model-pipeline-tasks' };
const notebook = (task_key: string, more: JsonMap = {}): JsonMap => ({
  task_key,
  notebook_task: { notebook_path: `/Shared/${task_key}` },
  ...more,
});

describe('The definition of a job', () => {
  const settings = (spec: JsonMap, shorthand: JobShorthand): JsonMap => {
    assert.deepEqual(definitionProblems(spec, shorthand), []);
    return jobDefinition(spec, shorthand, undefined).settings;
  };

  it('is complete with a name and a notebook', () => {
    assert.deepEqual(settings({}, { jobName: 'Train', notebookPath: '/Shared/train model' }), {
      name: 'Train',
      tags: ours,
      tasks: [{ task_key: 'train_model', notebook_task: { notebook_path: '/Shared/train model' } }],
    });
  });

  it('has all that the specification says, and our tags', () => {
    const spec = { name: 'Train', tags: { team: 'x' }, tasks: [notebook('a'), notebook('b')], anything: { else: [1] } };
    assert.deepEqual(settings(spec, {}), { ...spec, tags: { team: 'x', ...ours } });
    assert.equal(jobDefinition(spec, {}, undefined).grants, undefined);
  });

  for (const [repository, tag] of [
    ['models', 'models'],
    ['My team/models: risk & co.', 'My-team-models--risk---co'],
    ['_'.repeat(5) + 'x'.repeat(100), 'x'.repeat(58)],
    ['', undefined],
    ['!', undefined],
  ] as const)
    it(`has the repository '${repository.slice(0, 30)}' as a tag that every cloud accepts`, () => {
      const { tags } = jobDefinition({}, { jobName: 'a', notebookPath: '/b' }, repository).settings;
      assert.deepEqual(tags, { ...ours, ...(tag && { repository: tag }) });
    });

  it('has what the shorthand says in place of what the specification says', () => {
    const spec = {
      name: 'Train',
      max_concurrent_runs: 1,
      schedule: { quartz_cron_expression: '0 0 1 * * ?', timezone_id: 'Europe/Berlin', pause_status: 'PAUSED' },
      tasks: [notebook('train', { timeout_seconds: 60, existing_cluster_id: '1' })],
      parameters: [
        { name: 'a', default: '1' },
        { name: 'b', default: '2' },
      ],
    };
    const shorthand = {
      jobName: 'Other',
      maxConcurrentRuns: 3,
      schedule: '0 0 2 * * ?',
      notebookPath: '/x/y',
      clusterId: '2',
      parameters: { b: 3, c: { deep: true } },
    };
    assert.deepEqual(settings(spec, shorthand), {
      name: 'Other',
      tags: ours,
      max_concurrent_runs: 3,
      schedule: { quartz_cron_expression: '0 0 2 * * ?', timezone_id: 'Europe/Berlin', pause_status: 'PAUSED' },
      tasks: [
        {
          task_key: 'train',
          timeout_seconds: 60,
          existing_cluster_id: '2',
          notebook_task: { notebook_path: '/x/y' },
        },
      ],
      parameters: [
        { name: 'a', default: '1' },
        { name: 'b', default: '3' },
        { name: 'c', default: '{"deep":true}' },
      ],
    });
    const zoned = settings(spec, { schedule: '0 0 2 * * ?', timeZone: 'UTC' });
    assert.deepEqual(zoned['schedule'], {
      quartz_cron_expression: '0 0 2 * * ?',
      timezone_id: 'UTC',
      pause_status: 'PAUSED',
    });
  });

  it('uses UTC when no time zone is given', () => {
    const shorthand = { jobName: 'a', notebookPath: '/b', schedule: '0 0 2 * * ?' };
    assert.deepEqual(settings({}, shorthand)['schedule'], {
      quartz_cron_expression: '0 0 2 * * ?',
      timezone_id: 'UTC',
    });
  });

  it('has the cluster in all tasks that run on one and name no compute of their own', () => {
    const loop = (task: JsonMap): JsonMap => ({ task_key: 'loop', for_each_task: { inputs: '[1]', task } });
    const others = [
      notebook('c', { new_cluster: {} }),
      notebook('d', { job_cluster_key: 'x' }),
      notebook('e', { environment_key: 'x' }),
      { task_key: 'f', sql_task: {} },
      { task_key: 'g', condition_task: {} },
    ];
    const python = { task_key: 'b', spark_python_task: {} };
    assert.deepEqual(
      settings({ name: 'a', tasks: [notebook('a'), python, ...others, loop(notebook('h'))] }, { clusterId: '1' })[
        'tasks'
      ],
      [
        notebook('a', { existing_cluster_id: '1' }),
        { ...python, existing_cluster_id: '1' },
        ...others,
        loop(notebook('h', { existing_cluster_id: '1' })),
      ],
    );
  });

  it('takes the access control list from the specification, or from the shorthand in its place', () => {
    const entry = (name: string): JsonMap => ({ group_name: name, permission_level: 'CAN_VIEW' });
    const spec = { name: 'a', tasks: [notebook('a')], access_control_list: [entry('in spec')] };
    const grant = (name: string): object => ({ kind: 'group_name', name, level: 'CAN_VIEW' });
    assert.equal('access_control_list' in settings(spec, {}), false);
    assert.deepEqual(jobDefinition(spec, {}, undefined).grants, [grant('in spec')]);
    assert.deepEqual(jobDefinition(spec, { permissions: [entry('else')] }, undefined).grants, [grant('else')]);
    assert.deepEqual(jobDefinition(spec, { permissions: [] }, undefined).grants, []);
  });

  const one = { name: 'a', tasks: [notebook('a')] };
  const wrong: [JsonMap, JobShorthand, string, RegExp][] = [
    [{ tasks: [notebook('a')] }, {}, 'jobName', /is required where the specification has no name/],
    [{ name: 'a' }, {}, 'spec', /must have tasks, unless the path of a notebook/],
    [
      { name: 'a', tasks: [notebook('a'), notebook('b')] },
      { notebookPath: '/x' },
      'notebookPath',
      /cannot be used with a specification of 2 tasks/,
    ],
    [
      { name: 'a', tasks: [{ task_key: 'a', sql_task: {} }] },
      { notebookPath: '/x' },
      'notebookPath',
      /cannot be used with the task of the specification, which is a sql_task/,
    ],
    [
      { name: 'a', tasks: [{ task_key: 'a', sql_task: {} }] },
      { clusterId: '1' },
      'clusterId',
      /applies to none of the tasks/,
    ],
    [one, { timeZone: 'UTC' }, 'timeZone', /applies only together with a schedule/],
    [one, { parameters: { a: null } }, 'parameters', /has no value for a/],
    [{ ...one, tags: { 'managed-by': 'me' } }, {}, 'spec', /must not have the tag managed-by/],
    [
      { ...one, tags: Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`t${i}`, 'x'])) },
      {},
      'spec',
      /must not have more than 23 tags/,
    ],
    [{ ...one, access_control_list: {} }, {}, 'spec', /in access_control_list: must be a list/],
  ];
  for (const [spec, shorthand, of, problem] of wrong)
    it(`is none when ${of} ${problem.source}`, () => {
      const [found, ...more] = definitionProblems(spec, shorthand);
      assert.equal(found?.of, of);
      assert.match(found.problem, problem);
      assert.deepEqual(more, []);
    });
});
