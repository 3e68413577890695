import assert from 'node:assert/strict';
import type { Databricks, DatabricksOptions } from '../../../sandbox/databricks/databricks';
import { objectsOf, type JsonObject, toJson } from '../../../sandbox/databricks/json';
import { idText, type Reply, startTestWorkspace, WorkspaceClient } from './workspaceClient';

const tasks = [{ task_key: 'a', sql_task: {} }];
const trainer = '0f0e0d0c-0b0a-4908-8706-050403020100';
const said = ({ status, json }: Reply) => [status, json.error_code, json.message];
const ok = ({ status }: Reply) => status;

describe('Databricks sandbox: access that can be revoked', () => {
  let databricks: Databricks;
  let admin: WorkspaceClient;
  /** A service principal without the role of an admin. */
  let client: WorkspaceClient;
  const start = async (options: DatabricksOptions = {}) => {
    ({ databricks, client: admin } = await startTestWorkspace({
      servicePrincipals: [{ applicationId: trainer, secret: 'dose-secret', isAdmin: false }],
      ...options,
    }));
    client = new WorkspaceClient(databricks, databricks.identities.issueAccessToken(trainer));
  };
  beforeEach(() => start());
  afterEach(() => databricks.close());

  const createJob = async (creator: WorkspaceClient) =>
    idText((await creator.post('/api/2.2/jobs/create', { name: 'j', tasks })).json.job_id);
  const runNow = async (starter: WorkspaceClient, jobId: string) =>
    idText((await starter.post('/api/2.2/jobs/run-now', { job_id: jobId })).json.run_id);
  const grant = (jobId: string, entry: JsonObject) =>
    admin.send('PATCH', `/api/2.0/permissions/jobs/${jobId}`, toJson({ access_control_list: [entry] }));
  const login = () =>
    fetch(`${databricks.url}/oidc/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'all-apis',
        client_id: trainer,
        client_secret: 'dose-secret',
      }),
    });
  const cannot = (words: string, jobId: string) => [
    403,
    'PERMISSION_DENIED',
    `User ${trainer} does not have ${words} permissions on job ${jobId}`,
  ];

  describe('permissions on jobs', () => {
    it('are required for every operation on a job and its runs, except for admins', async () => {
      databricks.scriptRun({ durationSeconds: 60 });
      const job_id = await createJob(admin);
      const run_id = await runNow(admin, job_id);
      const { json } = await admin.get('/api/2.2/jobs/runs/get', { run_id });
      const taskRun = idText(objectsOf(json.tasks)[0]?.run_id);
      const view = cannot('View or Admin or Manage Run or Owner', job_id);
      assert.deepEqual(said(await client.get('/api/2.2/jobs/get', { job_id })), view);
      assert.deepEqual(said(await client.get('/api/2.2/jobs/runs/get', { run_id })), view);
      for (const route of ['get', 'get-output', 'export'])
        assert.deepEqual(said(await client.get(`/api/2.2/jobs/runs/${route}`, { run_id: taskRun })), view);
      for (const [route, body] of [
        ['run-now', { job_id }],
        ['runs/cancel', { run_id }],
        ['runs/cancel-all', { job_id }],
        ['runs/repair', { run_id }],
      ] as const)
        assert.deepEqual(
          said(await client.post(`/api/2.2/jobs/${route}`, body)),
          cannot('Manage Run or Owner or Admin', job_id),
        );
      for (const [route, body] of [
        ['update', { job_id }],
        ['reset', { job_id, new_settings: { tasks } }],
        ['delete', { job_id }],
        ['runs/delete', { run_id }],
      ] as const)
        assert.deepEqual(said(await client.post(`/api/2.2/jobs/${route}`, body)), cannot('Admin or Owner', job_id));
      assert.deepEqual(said(await client.get(`/api/2.0/permissions/jobs/${job_id}`)), [
        403,
        'PERMISSION_DENIED',
        `${trainer} does not have Manage permissions on Job with ID: ElasticJobId(${job_id}). Please contact the owner or an administrator for access.`,
      ]);
      assert.equal((await client.get('/api/2.2/jobs/list')).json.jobs, undefined);
      assert.equal((await client.get('/api/2.2/jobs/runs/list')).json.runs, undefined);
    });

    it('allow the operations of their level, by name or by the group of all users', async () => {
      databricks.scriptRun({ durationSeconds: 60 });
      const job_id = await createJob(admin);
      await grant(job_id, { group_name: 'users', permission_level: 'CAN_VIEW' });
      assert.equal(ok(await client.get('/api/2.2/jobs/get', { job_id })), 200);
      assert.equal(ok(await client.post('/api/2.2/jobs/run-now', { job_id })), 403);
      await grant(job_id, { service_principal_name: trainer, permission_level: 'CAN_MANAGE_RUN' });
      const run_id = await runNow(client, job_id);
      assert.equal(ok(await client.post('/api/2.2/jobs/runs/cancel', { run_id })), 200);
      assert.equal(ok(await client.post('/api/2.2/jobs/delete', { job_id })), 403);
      await grant(job_id, { service_principal_name: trainer, permission_level: 'CAN_MANAGE' });
      assert.equal(ok(await client.post('/api/2.2/jobs/delete', { job_id })), 200);
    });

    it('include ownership for the creator, also of runs without a saved job', async () => {
      databricks.scriptRun({ durationSeconds: 60, times: 2 });
      const job_id = await createJob(client);
      assert.equal(objectsOf((await client.get('/api/2.2/jobs/list')).json.jobs).length, 1);
      const run_id = await runNow(client, job_id);
      const submitted = await client.post('/api/2.2/jobs/runs/submit', { tasks });
      const one = { run_id: idText(submitted.json.run_id) };
      const others = await admin.post('/api/2.2/jobs/runs/submit', { tasks });
      const another = { run_id: idText(others.json.run_id) };
      assert.equal(ok(await client.get('/api/2.2/jobs/runs/get', one)), 200);
      assert.equal(ok(await client.get('/api/2.2/jobs/runs/get', another)), 403);
      assert.equal(objectsOf((await client.get('/api/2.2/jobs/runs/list')).json.runs).length, 2);
      assert.equal(ok(await client.post('/api/2.2/jobs/delete', { job_id })), 200);
      assert.equal(ok(await client.get('/api/2.2/jobs/runs/get', { run_id })), 200);
    });

    it('can be revoked during a run', async () => {
      databricks.scriptRun({ durationSeconds: 60 });
      const job_id = await createJob(client);
      const run_id = await runNow(client, job_id);
      assert.equal(ok(await client.get('/api/2.2/jobs/runs/get', { run_id })), 200);
      databricks.permissions.revoke('jobs', job_id, trainer);
      assert.deepEqual(
        said(await client.get('/api/2.2/jobs/runs/get', { run_id })),
        cannot('View or Admin or Manage Run or Owner', job_id),
      );
      assert.deepEqual(databricks.permissions.get('jobs', job_id), [
        { user_name: 'someone@example.com', permission_level: 'IS_OWNER' },
      ]);
      assert.equal(ok(await admin.get('/api/2.2/jobs/runs/get', { run_id })), 200);
    });
  });

  describe('tokens, secrets and principals', () => {
    it('of a service principal outside the workspace are refused, and no new ones are issued', async () => {
      databricks.identities.remove(trainer);
      const message = `Unauthorized access to Org: ${databricks.workspaceId}`;
      assert.deepEqual(said(await client.get('/api/2.2/jobs/list')), [403, 403, message]);
      assert.equal((await login()).status, 401);
      databricks.identities.addServicePrincipal({ applicationId: trainer, secret: 'dose-secret' });
      assert.equal((await login()).status, 200);
    });

    it('a personal access token is deleted with its user', async () => {
      databricks.identities.remove('someone@example.com');
      assert.deepEqual(said(await admin.get('/api/2.2/jobs/list')), [403, 403, 'Invalid access token.']);
    });

    it('a revoked token is unknown; no tokens are issued for a revoked secret', async () => {
      databricks.identities.revokeSecret(trainer);
      assert.equal((await login()).status, 401);
      assert.equal(ok(await client.get('/api/2.2/jobs/list')), 200);
      databricks.identities.revokeToken(client.token);
      databricks.identities.revokeToken(admin.token);
      for (const { token } of [client, admin]) {
        const reply = await new WorkspaceClient(databricks, token).get('/api/2.2/jobs/list');
        assert.deepEqual(said(reply), [403, 403, 'Invalid access token.']);
        assert.equal(reply.headers.get('x-databricks-reason-phrase'), 'Invalid access token.');
      }
    });

    it('have a configurable lifetime', async () => {
      const now = databricks.clock.now();
      await databricks.close();
      await start({
        accessTokenSeconds: 20,
        users: [{ userName: 'bob@example.com', token: 'dapi-bob', expiryTime: now + 3_600_000 }],
      });
      assert.equal(((await (await login()).json()) as JsonObject).expires_in, 20);
      await databricks.clock.advance(20_000);
      assert.deepEqual(said(await client.get('/api/2.2/jobs/list')), [403, 403, 'Invalid Token']);
      assert.equal(ok(await admin.get('/api/2.2/jobs/list')), 200);
      await databricks.clock.advance(3_600_000);
      assert.deepEqual(said(await admin.get('/api/2.2/jobs/list')), [403, 403, 'Invalid access token.']);
    });
  });

  describe('the network', () => {
    it('denies access in both ways of the service', async () => {
      databricks.network.refusal = 'ipAccessList';
      for (const path of ['/api/2.2/jobs/list', '/oidc/.well-known/oauth-authorization-server']) {
        const reply = await admin.get(path);
        const id = reply.headers.get('x-request-id') ?? '';
        const message = `Source IP address: 127.0.0.1 is blocked by Databricks IP ACL for workspace: ${databricks.workspaceId} [ReqId: ${id}]`;
        assert.deepEqual(said(reply), [403, 403, message]);
        assert.equal(reply.headers.get('x-databricks-reason-phrase'), message);
      }
      databricks.network.refusal = 'privateLink';
      const message = `Unauthorized network access to workspace: ${databricks.workspaceId}`;
      assert.deepEqual(said(await admin.get('/api/2.2/jobs/list')), [403, 403, message]);
      databricks.network.refusal = undefined;
      assert.equal(ok(await admin.get('/api/2.2/jobs/list')), 200);
    });

    it('can deny access from the start', async () => {
      await databricks.close();
      await start({ networkRefusal: 'privateLink' });
      assert.equal(ok(await admin.get('/api/2.2/jobs/list')), 403);
    });
  });

  describe('the control API', () => {
    const revoke = (body: JsonObject) => admin.post('/__sandbox/revoke', body);

    it('removes permissions, principals, secrets, tokens and policies', async () => {
      const id = databricks.federation.add({ issuer: 'https://issuer.invalid' });
      const jobId = await createJob(client);
      assert.equal(ok(await revoke({ jobId, principal: trainer })), 200);
      assert.equal(ok(await client.get('/api/2.2/jobs/get', { job_id: jobId })), 403);
      assert.equal(ok(await revoke({ secretOf: trainer })), 200);
      assert.equal((await login()).status, 401);
      assert.equal(ok(await revoke({ token: client.token })), 200);
      assert.equal(ok(await client.get('/api/2.2/jobs/list')), 403);
      assert.equal(ok(await revoke({ principal: trainer })), 200);
      assert.equal(ok(await revoke({ federationPolicy: id })), 200);
      for (const body of [{ federationPolicy: id }, { principal: trainer }, { secretOf: trainer }, { token: 'none' }])
        assert.equal(ok(await revoke(body)), 404);
      assert.equal(ok(await revoke({ user: trainer })), 400);
      assert.equal(ok(await revoke({})), 400);
    });

    it('denies network access and restores it', async () => {
      const set = (refusal: string | null) => admin.post('/__sandbox/network', { refusal });
      assert.equal(ok(await set('ipAccessList')), 200);
      assert.equal(ok(await admin.get('/api/2.2/jobs/list')), 403);
      assert.equal(ok(await set('wind')), 400);
      assert.equal(ok(await set(null)), 200);
      assert.equal(ok(await admin.get('/api/2.2/jobs/list')), 200);
    });
  });
});
