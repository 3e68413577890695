import assert from 'node:assert/strict';
import sinon from 'sinon';
import { type Azure, type AzureOptions, startAzure } from '../../../sandbox/azure/azure';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import { sharedSigningKeys } from '../../support/sharedKeys';

const tenantId = '0a4f1c2e-6f5d-4a77-9d0b-6f1f3f0f5a01';
const otherTenantId = '0a4f1c2e-6f5d-4a77-9d0b-6f1f3f0f5a02';
const [clientId, objectId, value] = [
  'c11e4711-0000-4000-8000-000000000001',
  'c11e4711-0000-4000-8000-000000000002',
  'a-client-secret',
];
const subscription = '/subscriptions/5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const otherSubscription = '/subscriptions/5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e78';
const workspaces = ['one', 'two', 'three'].map((name, index) => ({
  id: `${index === 2 ? otherSubscription : subscription}/resourceGroups/rg-${index}/providers/Microsoft.Databricks/workspaces/${name}`,
  name,
  location: 'westeurope',
  workspaceUrl: `adb-${index}.azuredatabricks.net`,
  workspaceId: String(index),
}));
const list = '/providers/Microsoft.Databricks/workspaces';
const version = '?api-version=2018-04-01';
const armScope = 'https://management.azure.com//.default';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: {
    readonly error?: { readonly code: string; readonly message: string };
    readonly value?: readonly { readonly name: string }[];
    readonly nextLink?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
}

describe('Azure sandbox', () => {
  let now = Date.UTC(2024, 4, 1, 13, 0, 5);
  const clock = { now: () => now };
  let entra: Entra;
  let azure: Azure;
  const open: Azure[] = [];

  const start = async (options: Partial<AzureOptions> = {}) => {
    const issuer = entra.accessTokenIssuer(tenantId);
    azure = await startAzure({ entra: { issuer, jwksUri: entra.jwksUri }, workspaces, clock, ...options });
    open.push(azure);
  };
  before(async () => {
    const application = { clientId, objectId, secrets: [{ value }] };
    entra = await startEntra({
      signingKeys: await sharedSigningKeys(),
      tenantIds: [tenantId, otherTenantId],
      clock,
      applications: [
        { ...application, tenantId },
        { clientId: otherTenantId, tenantId: otherTenantId, secrets: [{ value }] },
      ],
    });
  });
  after(() => entra.close());
  beforeEach(() => start());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function token(scope = armScope, tenant = tenantId, id = clientId): Promise<string> {
    const response = await fetch(`${entra.url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: value, scope }),
    });
    const { access_token: text } = (await response.json()) as { access_token: string };
    return text;
  }

  async function get(path: string, authorization?: string, headers: Record<string, string> = {}): Promise<Reply> {
    const sent = authorization ?? `Bearer ${await token()}`;
    const response = await fetch(path.startsWith('http') ? path : azure.url + path, {
      headers: { ...headers, ...(sent !== '' && { authorization: sent }) },
    });
    return { status: response.status, headers: response.headers, json: (await response.json()) as Reply['json'] };
  }
  const refusal = async (...request: Parameters<typeof get>) => {
    const { status, json } = await get(...request);
    return [status, json.error?.code, json.error?.message];
  };

  it('returns a workspace, ignoring the case of the path', async () => {
    const id = workspaces[0]?.id ?? '';
    for (const path of [id, id.toUpperCase(), `${id}/`]) {
      const { status, json } = await get(path + version);
      const { properties, ...resource } = json;
      assert.deepEqual(
        [
          status,
          resource,
          properties?.['workspaceUrl'],
          properties?.['workspaceId'],
          properties?.['provisioningState'],
        ],
        [
          200,
          {
            id,
            name: 'one',
            type: 'Microsoft.Databricks/workspaces',
            sku: { name: 'premium' },
            location: 'westeurope',
            tags: {},
          },
          'adb-0.azuredatabricks.net',
          '0',
          'Succeeded',
        ],
      );
      assert.equal(properties?.['managedResourceGroupId'], `${subscription}/resourceGroups/databricks-rg-one`);
    }
  });

  it('lists the workspaces of a subscription and of a resource group', async () => {
    const names = async (path: string) => (await get(path + list + version)).json.value?.map(({ name }) => name);
    assert.deepEqual(await names(subscription), ['one', 'two']);
    assert.deepEqual(await names(otherSubscription), ['three']);
    assert.deepEqual(await names(`${subscription}/resourcegroups/RG-1`), ['two']);
  });

  it('returns a long list in pages', async () => {
    await start({ pageSize: 1 });
    const first = await get(subscription + list + version);
    const second = await get(first.json.nextLink ?? '');
    assert.deepEqual([first.json.value?.[0]?.name, second.json.value?.[0]?.name], ['one', 'two']);
    assert.equal(second.json.nextLink, undefined);
    const [status, code] = await refusal(`${subscription}${list}${version}&$skiptoken=x`);
    assert.deepEqual([status, code], [400, 'InvalidSkipToken']);
  });

  it('answers an error while the keys of the directory cannot be read, and reports no defect of its own', async () => {
    const printed = sinon.stub(console, 'error');
    try {
      entra.faults.add({ path: new URL(entra.jwksUri).pathname, effect: 'reset' });
      const [status, code, message] = await refusal(subscription + list + version);
      assert.deepEqual([status, code], [500, 'InternalServerError']);
      assert.match(String(message), /discovery\/v2\.0\/keys: .*(ECONNRESET|hang up)/);
      assert.deepEqual(printed.args, []);
    } finally {
      printed.restore();
    }
    assert.equal((await get(subscription + list + version)).status, 200);
  });

  it('returns request IDs with every response, and keeps the correlation ID of the client', async () => {
    const { headers } = await get(subscription + list + version, undefined, { 'x-ms-correlation-request-id': 'mine' });
    assert.equal(headers.get('x-ms-correlation-request-id'), 'mine');
    assert.match(headers.get('x-ms-request-id') ?? '', /^[\da-f-]{36}$/);
    assert.match(headers.get('x-ms-ratelimit-remaining-subscription-reads') ?? '', /^\d+$/);
    assert.deepEqual(
      azure.requests.list().map(({ user }) => user),
      [clientId],
    );
  });

  it('requires an api-version that the type supports', async () => {
    assert.deepEqual(await refusal(subscription + list), [
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ]);
    assert.deepEqual(await refusal(`${subscription}${list}?api-version=2017-01-01`), [
      404,
      'InvalidResourceType',
      "The resource type 'workspaces' could not be found in the namespace 'Microsoft.Databricks' for api version '2017-01-01'. The supported api-versions are '2018-04-01,2023-02-01,2024-05-01,2026-01-01'.",
    ]);
  });

  it('reports what does not exist', async () => {
    const group = `${subscription}/resourceGroups/rg-0`;
    const missing = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e79';
    const cases = [
      [`/subscriptions/mine${list}`, 400, 'InvalidSubscriptionId'],
      [
        `/subscriptions/${missing}${list}`,
        404,
        'SubscriptionNotFound',
        `The subscription '${missing}' could not be found.`,
      ],
      [
        `${subscription}/resourceGroups/x${list}`,
        404,
        'ResourceGroupNotFound',
        "Resource group 'x' could not be found.",
      ],
      [
        `${group}${list}/two`,
        404,
        'ResourceNotFound',
        "The Resource 'Microsoft.Databricks/workspaces/two' under resource group 'rg-0' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      ],
      [`${group}/providers/Microsoft.Databricks/accessConnectors/x`, 404, 'InvalidResourceType'],
    ] as const;
    for (const [path, status, code, message] of cases) {
      const found = await refusal(path + version);
      assert.deepEqual(found, [status, code, message ?? found[2]]);
    }
  });

  describe('refuses a token', () => {
    const path = subscription + list + version;

    it('that is missing or invalid, and returns the authority that issues tokens', async () => {
      assert.deepEqual((await refusal(path, '')).slice(0, 2), [401, 'AuthenticationFailed']);
      assert.deepEqual((await refusal(path, 'Basic abc')).slice(0, 2), [401, 'AuthenticationFailed']);
      const { status, json, headers } = await get(path, 'Bearer abc');
      assert.deepEqual([status, json.error?.code], [401, 'InvalidAuthenticationToken']);
      assert.equal(
        headers.get('www-authenticate'),
        `Bearer authorization_uri="${entra.url}/${tenantId}", error="invalid_token", error_description="The access token is invalid."`,
      );
    });

    it('with another signature', async () => {
      const text = await token();
      const forged = text.replace(/\.[^.]+$/, `.${text.split('.')[2]?.split('').reverse().join('') ?? ''}`);
      assert.deepEqual(await refusal(path, `Bearer ${forged}`), [
        401,
        'InvalidAuthenticationToken',
        'The access token is invalid.',
      ]);
    });

    it('for another resource', async () => {
      const text = await token('2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default');
      assert.deepEqual(await refusal(path, `Bearer ${text}`), [
        401,
        'InvalidAuthenticationTokenAudience',
        "The access token has been obtained for wrong audience or resource '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.",
      ]);
      await start({ audiences: ['2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'] });
      assert.equal((await get(path, `Bearer ${text}`)).status, 200);
    });

    it('of another tenant', async () => {
      const text = await token(armScope, otherTenantId, otherTenantId);
      const [status, code, message = ''] = await refusal(path, `Bearer ${text}`);
      assert.deepEqual([status, code], [401, 'InvalidAuthenticationTokenTenant']);
      assert.match(String(message), /wrong issuer '.+5a02\/'\. It must match the tenant '.+5a01\/'/);
    });

    it('that has expired', async () => {
      entra.directory.tokenSeconds = 20;
      const authorization = `Bearer ${await token()}`;
      now += 19_000;
      assert.equal((await get(path, authorization)).status, 200);
      now += 1000;
      assert.deepEqual(await refusal(path, authorization), [
        401,
        'ExpiredAuthenticationToken',
        "The access token expiry UTC time '5/1/2024 1:00:25 PM' is earlier than current UTC time '5/1/2024 1:00:25 PM'.",
      ]);
    });
  });

  it('denies access without a role, from the next request on', async () => {
    await start({ allowedActions: { [clientId.toUpperCase()]: ['Microsoft.Databricks/*/READ'] } });
    const id = workspaces[0]?.id ?? '';
    assert.equal((await get(id + version)).status, 200);
    azure.allowedActions.set(clientId, ['Microsoft.Databricks/workspaces/write']);
    assert.deepEqual(await refusal(id + version), [
      403,
      'AuthorizationFailed',
      `The client '${clientId}' with object id '${objectId}' does not have authorization to perform action 'Microsoft.Databricks/workspaces/read' over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ]);
  });

  it('returns the location of a resource group', async () => {
    const group = { id: `${subscription}/resourceGroups/empty`, location: 'northeurope' };
    await start({ resourceGroups: [group] });
    const path = `${subscription}/resourcegroups/EMPTY?api-version=2021-04-01`;
    assert.deepEqual((await get(path)).json, {
      ...group,
      name: 'empty',
      type: 'Microsoft.Resources/resourceGroups',
      properties: { provisioningState: 'Succeeded' },
    });
    assert.deepEqual((await get(group.id + list + version)).json.value, []);
  });

  it('throttles on request, each kind of request separately', async () => {
    const path = subscription + list + version;
    const remaining = 'x-ms-ratelimit-remaining-subscription-reads';
    azure.throttling.refuse('writes');
    assert.equal((await get(path)).headers.get(remaining), '249');
    azure.throttling.refuse('reads', { times: 2, retryAfterSeconds: 17 });
    for (let times = 0; times < 2; times += 1) {
      const { status, headers, json } = await get(path);
      assert.deepEqual([status, headers.get('retry-after'), headers.get(remaining)], [429, '17', '0']);
      assert.equal(json.error?.code, 'SubscriptionRequestsThrottled');
      assert.match(json.error.message, /^Number of 'read' requests for subscription '.*' actor '.*' exceeded\./);
    }
    assert.equal((await get(path)).status, 200);
  });

  it('applies faults', async () => {
    azure.faults.add({ effect: 'status', status: 503 });
    const [status, code] = await refusal(subscription + list + version);
    assert.deepEqual([status, code], [503, 'TEMPORARILY_UNAVAILABLE']);
  });
});
