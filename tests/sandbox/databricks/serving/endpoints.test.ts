import assert from 'node:assert/strict';
import type { JsonObject } from '../../../../sandbox/databricks/json';
import { objectsOf } from '../../../../sandbox/databricks/json';
import { WorkspaceClient } from '../workspaceClient';
import { base, codeOf, entity, objectOf, routesOf, said, ServingStage, updateMilliseconds } from './servingStage';

describe('Databricks sandbox: serving endpoints', () => {
  let stage: ServingStage;
  beforeEach(async () => (stage = await ServingStage.start({ servicePrincipals: [] })));
  afterEach(() => stage.close());

  it('are created, read, listed, tagged and deleted', async () => {
    const created = await stage.client.post(base, {
      name: 'iris',
      config: { served_entities: [entity(1)] },
      tags: [{ key: 'team', value: 'ml' }],
    });
    assert.equal(created.status, 200);
    const { id, creator, creator_kind: kind, permission_level: level, config, pending_config: pending } = created.json;
    assert.match(said(id), /^[\da-f]{32}$/);
    assert.deepEqual(
      [creator, kind, level, config],
      [stage.databricks.users[0]?.userName, 'User', 'CAN_MANAGE', undefined],
    );
    const [served] = objectsOf(objectOf(pending)?.served_entities);
    assert.deepEqual([served?.name, served?.workload_type, served?.entity_version], ['demo-1', 'CPU', '1']);
    assert.deepEqual(objectOf(pending)?.traffic_config, {
      routes: [{ served_model_name: 'demo-1', traffic_percentage: 100, served_entity_name: 'demo-1' }],
    });
    assert.equal(objectsOf(objectOf(pending)?.served_models)[0]?.model_name, 'main.ml.demo');

    await stage.databricks.clock.advance(updateMilliseconds);
    const listed = objectsOf((await stage.client.get(base)).json.endpoints);
    assert.deepEqual(
      listed.map((one) => [one.name, objectsOf(objectOf(one.config)?.served_entities)[0]?.entity_version]),
      [['iris', '1']],
    );
    const patched = await stage.client.send(
      'PATCH',
      `${base}/iris/tags`,
      '{"add_tags":[{"key":"a","value":"1"},{"key":"b"}],"delete_tags":["team"]}',
    );
    assert.deepEqual(patched.json.tags, [
      { key: 'a', value: '1' },
      { key: 'b', value: '' },
    ]);
    assert.equal((await stage.client.send('DELETE', `${base}/iris`)).status, 200);
    const gone = await stage.client.get(`${base}/iris`);
    assert.deepEqual(
      [...codeOf(gone), gone.json.message],
      [404, 'RESOURCE_DOES_NOT_EXIST', "Endpoint with name 'iris' does not exist."],
    );
    assert.deepEqual((await stage.client.get(base)).json, {});
  });

  it('keep the settings of AI Gateway and of notifications', async () => {
    const notifications = { on_update_failure: ['ml@example.com'] };
    const config = { served_entities: [entity(1)] };
    await stage.client.post(base, { name: 'iris', config, email_notifications: notifications });
    const gateway = { usage_tracking_config: { enabled: true } };
    const put = await stage.client.send('PUT', `${base}/iris/ai-gateway`, JSON.stringify(gateway));
    assert.deepEqual(put.json, gateway);
    const { ai_gateway: kept, email_notifications: before } = await stage.endpoint();
    assert.deepEqual([kept, before], [gateway, notifications]);
    const changed = { email_notifications: { on_update_success: ['ml@example.com'] } };
    await stage.client.send('PATCH', `${base}/iris/notifications`, JSON.stringify(changed));
    assert.deepEqual((await stage.endpoint()).email_notifications, changed.email_notifications);
    const empty = await stage.client.send('PATCH', `${base}/iris/notifications`, '{}');
    assert.deepEqual(codeOf(empty), [400, 'INVALID_PARAMETER_VALUE']);
  });

  it('have names that are unique', async () => {
    await stage.serving();
    assert.deepEqual(codeOf(await stage.create({ served_entities: [entity(2)] })), [409, 'RESOURCE_ALREADY_EXISTS']);
  });

  it('take served models as they take served entities', async () => {
    const model = {
      model_name: 'main.ml.demo',
      model_version: '2',
      workload_size: 'Small',
      scale_to_zero_enabled: true,
    };
    const routes = { routes: [{ served_model_name: 'demo-2', traffic_percentage: '100' }] };
    const { json } = await stage.create({ served_models: [model], traffic_config: routes });
    assert.equal(objectsOf(objectOf(json.pending_config)?.served_entities)[0]?.entity_version, '2');
  });

  const refused: Readonly<Record<string, [JsonObject, RegExp]>> = {
    'nothing to serve': [{}, /At least one served entity/],
    'entities and models': [{ served_entities: [entity(1)], served_models: [entity(1)] }, /Only one of/],
    'more than 15 entities': [
      { served_entities: Array.from({ length: 16 }, (_, index) => entity(1, { name: `e${index}` })) },
      /at most 15 served entities, but 16/,
    ],
    'a name that is used twice': [{ served_entities: [entity(1), entity(1)] }, /'demo-1' is used more than once/],
    'an invalid name': [{ served_entities: [entity(1, { name: 'a b' })] }, /'a b' is invalid/],
    'a missing version': [{ served_entities: [entity(1, { entity_version: null })] }, /entity_version/],
    'an undefined scale to zero': [
      { served_entities: [entity(1, { scale_to_zero_enabled: null })] },
      /scaleToZeroEnabled is undefined/,
    ],
    'an unknown size': [{ served_entities: [entity(1, { workload_size: 'Tiny' })] }, /Workload size 'Tiny'/],
    'an unknown type': [{ served_entities: [entity(1, { workload_type: 'TPU' })] }, /Workload type 'TPU'/],
    'both kinds of size': [
      { served_entities: [entity(1, { min_provisioned_concurrency: 4, max_provisioned_concurrency: 8 })] },
      /either workload_size or/,
    ],
    'a concurrency of 6': [
      {
        served_entities: [
          entity(1, { workload_size: null, min_provisioned_concurrency: 4, max_provisioned_concurrency: 6 }),
        ],
      },
      /multiples of 4/,
    ],
    'environment variables that are not text': [
      { served_entities: [entity(1, { environment_vars: { A: 1 } })] },
      /environment_vars of 'demo-1'/,
    ],
    'routes that do not sum up to 100': [
      { served_entities: [entity(1)], traffic_config: routesOf(['demo-1', 90]) },
      /must sum up to 100, but their sum is 90/,
    ],
    'a route to an unknown entity': [
      { served_entities: [entity(1)], traffic_config: routesOf(['other', 100]) },
      /'other' does not match/,
    ],
    'two routes to one entity': [
      { served_entities: [entity(1)], traffic_config: routesOf(['demo-1', 50], ['demo-1', 50]) },
      /more than one traffic route/,
    ],
    'a percentage that is not a whole number': [
      { served_entities: [entity(1)], traffic_config: routesOf(['demo-1', 99.5]) },
      /integer between 0 and 100/,
    ],
    'two entities without routes': [{ served_entities: [entity(1), entity(2)] }, /traffic_config must be specified/],
    'an external model': [{ served_entities: [entity(1, { external_model: {} })] }, /does not support external_model/],
  };
  for (const [what, [config, message]] of Object.entries(refused))
    it(`refuse ${what}`, async () => {
      const withoutNull = JSON.parse(JSON.stringify(config, (_, value: unknown) => value ?? undefined)) as JsonObject;
      const reply = await stage.create(withoutNull);
      assert.deepEqual(codeOf(reply), [400, 'INVALID_PARAMETER_VALUE']);
      assert.match(said(reply.json.message), message);
      assert.deepEqual(stage.databricks.servingEndpoints.list(), []);
    });

  it('refuse a version that does not exist', async () => {
    assert.deepEqual(codeOf(await stage.create({ served_entities: [entity(9)] })), [404, 'RESOURCE_DOES_NOT_EXIST']);
    const unknown = entity(1, { entity_name: 'main.ml.none' });
    assert.deepEqual(codeOf(await stage.create({ served_entities: [unknown] })), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('describe their requests and count them', async () => {
    await stage.serving();
    await stage.ask();
    await stage.ask(undefined, { dataframe_records: [{}] });
    const { text } = await stage.client.get(`${base}/iris/metrics`);
    assert.match(text, /request_count_total\{[^}]*served_model_name="demo-1"\} 2\n/);
    assert.match(text, /request_4xx_count_total\{[^}]*\} 1\n/);
    const openApi = JSON.parse((await stage.client.get(`${base}/iris/openapi`)).text) as { paths: JsonObject };
    assert.deepEqual(Object.keys(openApi.paths), ['/served-models/demo-1/invocations']);
  });
});

describe('Databricks sandbox: permissions of serving endpoints', () => {
  const users = [
    { userName: 'admin@example.com', token: 'admin' },
    { userName: 'guest@example.com', token: 'guest', isAdmin: false },
  ] as const;
  let stage: ServingStage;
  let guest: WorkspaceClient;
  beforeEach(async () => {
    stage = await ServingStage.start({ users });
    guest = new WorkspaceClient(stage.databricks, 'guest');
    await stage.serving();
  });
  afterEach(() => stage.close());

  it('let others view, query and manage an endpoint as they are granted', async () => {
    const id = said((await stage.endpoint()).id);
    const ask = () => guest.post('/serving-endpoints/iris/invocations', { dataframe_records: [] });
    const change = () => guest.send('PATCH', `${base}/iris/tags`, '{}');
    const statuses = async () => [
      (await guest.get(`${base}/iris`)).status,
      (await ask()).status,
      (await change()).status,
      objectsOf((await guest.get(base)).json.endpoints).length,
    ];
    assert.deepEqual(await statuses(), [403, 403, 403, 0]);
    const refusal = await guest.get(`${base}/iris`);
    assert.equal(refusal.json.message, "User does not have permission 'View' on Endpoint iris");
    const grant = (permission_level: string) =>
      stage.client.send(
        'PATCH',
        `/api/2.0/permissions/serving-endpoints/${id}`,
        JSON.stringify({ access_control_list: [{ user_name: 'guest@example.com', permission_level }] }),
      );
    const granted = await grant('CAN_VIEW');
    assert.equal(granted.json.object_type, 'serving-endpoint');
    assert.deepEqual(await statuses(), [200, 403, 403, 1]);
    await grant('CAN_QUERY');
    assert.deepEqual(await statuses(), [200, 200, 403, 1]);
    assert.equal((await guest.get(`${base}/iris`)).json.permission_level, 'CAN_QUERY');
    assert.equal((await guest.get(`/api/2.0/permissions/serving-endpoints/${id}`)).status, 403);
    await grant('CAN_MANAGE');
    assert.deepEqual(await statuses(), [200, 200, 200, 1]);
    assert.equal((await guest.get(`/api/2.0/permissions/serving-endpoints/${id}`)).status, 200);
  });

  it('belong to the ID of an endpoint, not to its name', async () => {
    const reply = await stage.client.get('/api/2.0/permissions/serving-endpoints/iris');
    assert.deepEqual(codeOf(reply), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });
});
