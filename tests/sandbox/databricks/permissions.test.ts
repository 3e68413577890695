import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { type JsonObject, objectsOf, textOf, toJson } from '../../../sandbox/databricks/json';
import { idText, startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const tasks = [{ task_key: 'a', notebook_task: { notebook_path: '/Shared/a' } }];
const me = 'someone@example.com';

describe('Databricks sandbox: permissions', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  beforeEach(async () => ({ databricks, client } = await startTestWorkspace()));
  afterEach(() => databricks.close());

  const createJob = async (more: JsonObject = {}) => {
    const { json } = await client.post('/api/2.2/jobs/create', { name: 'job', tasks, ...more });
    return `jobs/${idText(json.job_id)}`;
  };
  const send = (method: string, object: string, list?: JsonObject[]) =>
    client.send(method, `/api/2.0/permissions/${object}`, list && toJson({ access_control_list: list }));
  /** The direct entries as `name level`. */
  const direct = async (object: string) => {
    const { json } = await send('GET', object);
    return objectsOf(json.access_control_list).flatMap((entry) =>
      objectsOf(entry.all_permissions)
        .filter(({ inherited }) => inherited === false)
        .map(
          ({ permission_level: level }) =>
            `${textOf(entry.user_name ?? entry.group_name) ?? ''} ${textOf(level) ?? ''}`,
        ),
    );
  };

  it('of a new job contain its owner and the inherited permission of admins', async () => {
    const object = await createJob();
    const { json } = await send('GET', object);
    assert.deepEqual(json, {
      object_id: `/${object}`,
      object_type: 'job',
      access_control_list: [
        { user_name: me, display_name: me, all_permissions: [{ permission_level: 'IS_OWNER', inherited: false }] },
        {
          group_name: 'admins',
          all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: ['/jobs/'] }],
        },
      ],
    });
  });

  it('are replaced by PUT and added to by PATCH', async () => {
    const object = await createJob();
    await send('PUT', object, [
      { user_name: 'b@example.com', permission_level: 'IS_OWNER' },
      { group_name: 'users', permission_level: 'CAN_VIEW' },
    ]);
    assert.deepEqual(await direct(object), ['b@example.com IS_OWNER', 'users CAN_VIEW']);
    await send('PATCH', object, [
      { group_name: 'users', permission_level: 'CAN_MANAGE_RUN' },
      { user_name: me, permission_level: 'IS_OWNER' },
    ]);
    assert.deepEqual(await direct(object), ['users CAN_MANAGE_RUN', `${me} IS_OWNER`]);
  });

  it('of a job must name exactly one owner', async () => {
    const object = await createJob();
    const reply = await send('PUT', object, [{ group_name: 'users', permission_level: 'CAN_VIEW' }]);
    assert.deepEqual([reply.status, reply.json.message], [400, 'The job must have exactly one owner.']);
    assert.deepEqual(await direct(object), [`${me} IS_OWNER`]);
  });

  it('can be set when a job is created; the job is not created when they are invalid', async () => {
    const list = [{ group_name: 'users', permission_level: 'CAN_VIEW' }];
    const object = await createJob({ access_control_list: list });
    assert.deepEqual(await direct(object), [`${me} IS_OWNER`, 'users CAN_VIEW']);
    assert.doesNotMatch((await client.get('/api/2.2/jobs/list')).text, /access_control_list/);
    const wrong = [{ group_name: 'users', permission_level: 'CAN_FLY' }];
    const { json } = await client.post('/api/2.2/jobs/create', { name: 'job', tasks, access_control_list: wrong });
    assert.match(json.message as string, /^Permission level must be one of CAN_VIEW/);
    assert.equal(databricks.jobs.list().length, 1);
  });

  it('exist for clusters too, and not for unknown objects', async () => {
    const { json } = await client.post('/api/2.1/clusters/create', {
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'Standard_DS3_v2',
      num_workers: 1,
    });
    const object = `clusters/${json.cluster_id as string}`;
    await send('PATCH', object, [{ group_name: 'users', permission_level: 'CAN_RESTART' }]);
    assert.deepEqual(await direct(object), [`${me} CAN_MANAGE`, 'users CAN_RESTART']);
    const { json: levels } = await send('GET', `${object}/permissionLevels`);
    assert.equal(objectsOf(levels.permission_levels).length, 3);
    assert.deepEqual([(await send('GET', 'jobs/1')).status, (await send('GET', 'planes/1')).status], [404, 400]);
    const nobody = await send('PATCH', object, [{ permission_level: 'CAN_RESTART' }]);
    assert.match(nobody.json.message as string, /^Exactly one of user_name/);
  });
});
