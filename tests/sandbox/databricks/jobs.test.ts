import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { isJsonObject, type Json, type JsonObject, objectsOf } from '../../../sandbox/databricks/json';
import { idText, startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const notebook = (taskKey: string, more: JsonObject = {}): JsonObject => ({
  task_key: taskKey,
  notebook_task: { notebook_path: '/Shared/train' },
  ...more,
});
const settingsOf = (json: JsonObject) => (isJsonObject(json.settings) ? json.settings : {});

describe('Databricks sandbox: jobs', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  before(async () => ({ databricks, client } = await startTestWorkspace()));
  after(() => databricks.close());

  const create = async (settings: JsonObject) => (await client.post('/api/2.2/jobs/create', settings)).json.job_id;
  const get = (id: Json, query: Record<string, string> = {}) =>
    client.get('/api/2.2/jobs/get', { job_id: idText(id), ...query });

  it('creates a job and returns it with the defaults of the server', async () => {
    const id = await create({ name: 'train', tasks: [notebook('a')] });
    const { json } = await get(id);
    assert.deepEqual(
      [json.job_id, json.creator_user_name, json.run_as_user_name],
      [id, 'someone@example.com', 'someone@example.com'],
    );
    const settings = settingsOf(json);
    assert.deepEqual(
      [settings.name, settings.format, settings.max_concurrent_runs, settings.timeout_seconds],
      ['train', 'MULTI_TASK', 1, 0],
    );
    const [task] = objectsOf(settings.tasks);
    assert.deepEqual(
      [task?.run_if, task?.notebook_task],
      ['ALL_SUCCESS', { notebook_path: '/Shared/train', source: 'WORKSPACE' }],
    );
  });

  it('resets a job as a whole', async () => {
    const id = await create({ name: 'before', description: 'gone', tasks: [notebook('a')] });
    await client.post('/api/2.2/jobs/reset', { job_id: id, new_settings: { name: 'after', tasks: [notebook('b')] } });
    const settings = settingsOf((await get(id)).json);
    assert.deepEqual(
      [settings.name, settings.description, objectsOf(settings.tasks).map((task) => task.task_key)],
      ['after', undefined, ['b']],
    );
  });

  it('keeps the identity of a job after a reset without one', async () => {
    const id = await create({ name: 'x', run_as: { user_name: 'b@example.com' }, tasks: [notebook('a')] });
    const settings = { name: 'x', tasks: [notebook('a')], access_control_list: [] };
    await client.post('/api/2.2/jobs/reset', { job_id: id, new_settings: settings });
    const { run_as: identity, access_control_list: list } = settingsOf((await get(id)).json);
    assert.deepEqual([identity, list], [{ user_name: 'b@example.com' }, undefined]);
    await client.post('/api/2.2/jobs/update', { job_id: id, fields_to_remove: ['run_as'] });
    assert.equal(settingsOf((await get(id)).json).run_as, undefined);
  });

  it('adds defaults to clusters, and sorts dependencies', async () => {
    const cluster = { spark_version: '15.4.x-scala2.12', num_workers: 1, apply_policy_default_values: true };
    const id = await create({
      name: 'x',
      job_clusters: [{ job_cluster_key: 'main', new_cluster: cluster }],
      tasks: [
        notebook('b', { job_cluster_key: 'main' }),
        notebook('a', { new_cluster: { ...cluster, azure_attributes: { availability: 'SPOT_AZURE' } } }),
        notebook('c', { depends_on: [{ task_key: 'b' }, { task_key: 'a' }] }),
      ],
    });
    const settings = settingsOf((await get(id)).json);
    const azure = { first_on_demand: 1, availability: 'ON_DEMAND_AZURE', spot_bid_max_price: -1 };
    const full = {
      data_security_mode: 'SINGLE_USER',
      enable_elastic_disk: true,
      spark_version: '15.4.x-scala2.12',
      num_workers: 1,
    };
    assert.deepEqual(settings.job_clusters, [
      { job_cluster_key: 'main', new_cluster: { ...full, azure_attributes: azure } },
    ]);
    const [, own, last] = objectsOf(settings.tasks);
    assert.deepEqual(own?.new_cluster, { ...full, azure_attributes: { ...azure, availability: 'SPOT_AZURE' } });
    assert.deepEqual(last?.depends_on, [{ task_key: 'a' }, { task_key: 'b' }]);
  });

  it('drops, adds and sorts what Databricks does, at every depth', async () => {
    const new_cluster = {
      spark_version: '16.4.x-scala2.12',
      num_workers: 1,
      apply_policy_default_values: true,
      docker_image: { url: 'a/b', basic_auth: { username: 'u', password: 'p' } },
    };
    const hooks = { on_failure: [{ id: 'ffff' }, { id: 'aaaa' }] };
    const jar = (key: string): JsonObject => ({
      task_key: key,
      new_cluster,
      spark_jar_task: { main_class_name: 'Main' },
      webhook_notifications: hooks,
    });
    const update = { table_names: ['a.b.c'], condition: 'ALL_UPDATED' };
    const id = await create({
      name: 'x',
      webhook_notifications: hooks,
      trigger: { table_update: update },
      triggers: [{ table_update: update }],
      job_clusters: [{ job_cluster_key: 'main', new_cluster }],
      tasks: [jar('a'), { task_key: 'b', for_each_task: { inputs: '[1]', task: jar('c') } }],
    });
    const settings = settingsOf((await get(id)).json);
    const [first, second] = objectsOf(settings.tasks);
    const loop = isJsonObject(second?.for_each_task) ? second.for_each_task.task : undefined;
    const sorted = { on_failure: [{ id: 'aaaa' }, { id: 'ffff' }] };
    for (const task of [first, loop]) {
      assert.ok(isJsonObject(task));
      assert.deepEqual(task.spark_jar_task, { run_as_repl: true, main_class_name: 'Main' });
      assert.deepEqual(task.webhook_notifications, sorted);
    }
    assert.deepEqual(settings.webhook_notifications, sorted);
    const seen = JSON.stringify([settings.job_clusters, settings.tasks, settings.trigger, settings.triggers]);
    assert.equal(seen.match(/"docker_image":{"url":"a\/b"}/g)?.length, 3);
    assert.doesNotMatch(seen, /apply_policy_default_values|basic_auth|condition/);
  });

  it('updates fields, merges tasks by key, and removes the given fields', async () => {
    const id = await create({
      name: 'x',
      description: 'd',
      tags: { a: '1' },
      tasks: [notebook('a'), notebook('b'), notebook('c')],
    });
    await client.post('/api/2.2/jobs/update', {
      job_id: id,
      new_settings: { name: 'y', tasks: [notebook('b', { description: 'new' }), notebook('d')] },
      fields_to_remove: ['description', 'tasks/a'],
    });
    const settings = settingsOf((await get(id)).json);
    assert.deepEqual([settings.name, settings.description, settings.tags], ['y', undefined, { a: '1' }]);
    assert.deepEqual(
      objectsOf(settings.tasks).map((task) => [task.task_key, task.description]),
      [
        ['c', undefined],
        ['b', 'new'],
        ['d', undefined],
      ],
    );
  });

  it('deletes a job, and returns 400 for a job that does not exist', async () => {
    const id = await create({ name: 'short', tasks: [notebook('a')] });
    assert.equal((await client.post('/api/2.2/jobs/delete', { job_id: id })).status, 200);
    for (const reply of [
      await get(id),
      await client.post('/api/2.2/jobs/delete', { job_id: id }),
      await client.post('/api/2.2/jobs/run-now', { job_id: id }),
    ]) {
      assert.deepEqual(
        [reply.status, reply.json.error_code, reply.json.message],
        [400, 'INVALID_PARAMETER_VALUE', `Job ${id as bigint} does not exist.`],
      );
    }
  });

  it('keeps IDs exact in requests and responses', async () => {
    const ids = [];
    for (let job = 0; job < 4; job++) ids.push(await create({ name: 'exact', tasks: [notebook('a')] }));
    assert.ok(ids.some((id) => typeof id === 'bigint'));
    for (const id of ids) assert.equal((await get(id)).json.job_id, id);
  });

  it('pages the tasks of a job by 100, and returns only the rest in later pages', async () => {
    const tasks = Array.from({ length: 250 }, (_, index) => notebook(`t${index}`));
    const id = await create({ name: 'wide', tasks, parameters: [{ name: 'p', default: '1' }] });
    const pages: JsonObject[] = [];
    for (let token: Json = ''; token !== undefined; token = pages.at(-1)?.next_page_token) {
      pages.push((await get(id, { page_token: token as string })).json);
    }
    assert.deepEqual(
      pages.map((page) => [objectsOf(settingsOf(page).tasks).length, objectsOf(settingsOf(page).parameters).length]),
      [
        [100, 1],
        [100, 0],
        [50, 0],
      ],
    );
    assert.deepEqual(
      pages.flatMap((page) => objectsOf(settingsOf(page).tasks).map((task) => task.task_key)),
      tasks.map((task) => task.task_key),
    );
  });

  it('lists jobs newest first in pages, with tasks only on request', async () => {
    for (let job = 0; job < 5; job++) await create({ name: `listed ${job}`, tasks: [notebook('a')] });
    const names: Json[] = [];
    let token = '';
    do {
      const { json } = await client.get('/api/2.2/jobs/list', { limit: '2', page_token: token });
      const jobs = objectsOf(json.jobs);
      assert.ok(jobs.length <= 2 && jobs.every((job) => settingsOf(job).tasks === undefined));
      names.push(...jobs.map((job) => settingsOf(job).name));
      token = (json.next_page_token as string | undefined) ?? '';
      assert.equal(json.has_more, token !== '');
    } while (token);
    assert.deepEqual(names.slice(0, 2), ['listed 4', 'listed 3']);
    const { json } = await client.get('/api/2.2/jobs/list', { expand_tasks: 'true', limit: '1' });
    assert.equal(objectsOf(settingsOf(objectsOf(json.jobs)[0] ?? {}).tasks).length, 1);
  });

  it('filters by the whole name, ignoring case', async () => {
    await create({ name: 'Nightly', tasks: [notebook('a')] });
    await create({ name: 'nightly build', tasks: [notebook('a')] });
    const { json } = await client.get('/api/2.2/jobs/list', { name: 'NIGHTLY' });
    assert.deepEqual(
      objectsOf(json.jobs).map((job) => settingsOf(job).name),
      ['Nightly'],
    );
    assert.equal((await client.get('/api/2.2/jobs/list', { name: 'none' })).json.jobs, undefined);
  });

  it('refuses a limit out of range and an invalid page token', async () => {
    for (const query of [{ limit: '0' }, { limit: '101' }, { limit: 'x' }, { page_token: '!' }]) {
      assert.equal((await client.get('/api/2.2/jobs/list', query)).status, 400);
    }
  });

  const wrong: [string, JsonObject, RegExp][] = [
    ['a task key twice', { tasks: [notebook('a'), notebook('a')] }, /Duplicate task key 'a'/],
    ['a task key with a space', { tasks: [notebook('a b')] }, /Invalid task key/],
    ['a task without a type', { tasks: [{ task_key: 'a' }] }, /exactly one task type, got none/],
    [
      'a task with two types',
      { tasks: [notebook('a', { sql_task: {} })] },
      /exactly one task type, got notebook_task, sql_task/,
    ],
    ['a notebook without a path', { tasks: [{ task_key: 'a', notebook_task: {} }] }, /notebook_path is required/],
    [
      'a relative notebook path',
      { tasks: [{ task_key: 'a', notebook_task: { notebook_path: 'x' } }] },
      /Only absolute paths/,
    ],
    ['an unknown dependency', { tasks: [notebook('a', { depends_on: [{ task_key: 'z' }] })] }, /depends on task 'z'/],
    [
      'a cycle',
      {
        tasks: [notebook('a', { depends_on: [{ task_key: 'b' }] }), notebook('b', { depends_on: [{ task_key: 'a' }] })],
      },
      /Cycle .* a, b/,
    ],
    ['an unknown job cluster', { tasks: [notebook('a', { job_cluster_key: 'c' })] }, /Job cluster 'c' is not defined/],
    ['an unknown environment', { tasks: [notebook('a', { environment_key: 'e' })] }, /Environment 'e' is not defined/],
    [
      'two kinds of compute',
      { tasks: [notebook('a', { existing_cluster_id: 'x', new_cluster: {} })] },
      /only one of new_cluster, existing_cluster_id/,
    ],
    [
      'a Git source without a provider',
      { git_source: { git_url: 'x' }, tasks: [] },
      /git_source.git_provider must be one of/,
    ],
    ['a name that is too long', { name: 'x'.repeat(4097), tasks: [] }, /4096 bytes/],
    [
      'too many tasks',
      { tasks: Array.from({ length: 1001 }, (_, index) => notebook(`t${index}`)) },
      /at most 1000 tasks/,
    ],
  ];
  for (const [what, settings, message] of wrong) {
    it(`refuses ${what}`, async () => {
      const reply = await client.post('/api/2.2/jobs/create', settings);
      assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
      assert.match(reply.json.message as string, message);
    });
  }
});
