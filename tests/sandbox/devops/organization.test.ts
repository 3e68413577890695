import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Organization } from '../../../sandbox/devops/organization';
import { fetchJson } from '../../../sandbox/http/fetchJson';
import { type LocalOrganizationOptions, startLocalOrganization } from '../../../sandbox/localOrganization';
import { makeTestCertificates } from '../../support/testCertificates';
import { useFixture } from '../agent/pipelineFixture';
import { sharedSigningKeys } from '../../support/sharedKeys';

const id = '1d3a9b80-77c4-4e0e-8f6b-2a9c51d7e001';
const connection = { name: 'To Databricks', id, url: 'https://w', scheme: 'None', type: 'DatabricksWorkspace' };
const other = { ...connection, name: 'Other', id: '1d3a9b80-77c4-4e0e-8f6b-2a9c51d7e002' };
const audience = 'api://AzureADTokenExchange';

describe("The organisation's OIDC endpoint", () => {
  const now = Date.UTC(2024, 4, 1);
  let organization: Organization;
  const open: Organization[] = [];
  const start = async (options: LocalOrganizationOptions = {}) => {
    organization = await startLocalOrganization({
      connections: [connection],
      clock: { now: () => now },
      signingKeys: await sharedSigningKeys(),
      ...options,
    });
    open.push(organization);
  };
  beforeEach(() => start());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  interface Asked {
    readonly query?: string;
    readonly uri?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: string;
    readonly body?: string;
  }
  function ask({
    query = '?api-version=7.1',
    uri,
    headers,
    method = 'POST',
    body = '',
  }: Asked = {}): Promise<Response> {
    return fetch(`${uri ?? organization.oidcRequestUri}${query}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${organization.accessToken}`,
        'x-tfs-fedauthredirect': 'Suppress',
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== '' && { body }),
    });
  }
  const claims = async (query: string) => {
    const response = await ask({ query });
    const { oidcToken } = (await response.json()) as { oidcToken: string };
    const { jti, ...others } = decodeJwt(oidcToken);
    assert.match(jti ?? '', /^[\da-f-]{36}$/);
    return others;
  };
  /** Status, key of the exception and message, in whichever envelope it comes. */
  async function refusal(asked: Asked) {
    const response = await ask(asked);
    const body = (await response.json()) as {
      typeKey?: string;
      message?: string;
      value?: string | { Message: string };
    };
    const text = typeof body.value === 'object' ? body.value.Message : body.value;
    return [response.status, body.typeKey, body.message ?? text];
  }

  it('issues the pipeline a token with the claims of its run, valid for ten minutes', async () => {
    const { url, issuer } = organization;
    const { org_id, prj_id, rpo_id, ...others } = await claims('?api-version=7.2-preview.1');
    for (const guid of [org_id, prj_id, rpo_id]) assert.match(String(guid), /^[\da-f-]{36}$/);
    assert.equal(issuer, `${new URL(url).origin}/${String(org_id)}`);
    assert.deepEqual(others, {
      iss: issuer,
      aud: audience,
      sub: 'p://sandbox/local/pipeline',
      def_id: '1',
      rpo_uri: `${url}local/_git/local`,
      rpo_ver: '0'.repeat(40),
      rpo_ref: 'refs/heads/main',
      run_id: '1',
      nbf: now / 1000 - 600,
      iat: now / 1000,
      exp: now / 1000 + 600,
    });
  });

  it('issues a service connection a token with its name, valid for five minutes', async () => {
    assert.deepEqual(await claims(`?api-version=7.1&serviceConnectionId=${id.toUpperCase()}`), {
      iss: organization.issuer,
      aud: audience,
      sub: 'sc://sandbox/local/To Databricks',
      nbf: now / 1000 - 600,
      iat: now / 1000,
      exp: now / 1000 + 300,
    });
    await start({ tokenSeconds: 20, name: 'contoso' });
    const { sub, exp } = await claims(`?api-version=7.1&serviceConnectionId=${id}`);
    assert.deepEqual([sub, exp], ['sc://contoso/local/To Databricks', now / 1000 + 20]);
  });

  it('publishes the keys of its tokens under the issuer', async () => {
    const { issuer } = organization;
    const { jwks_uri: keys } = (await fetchJson(`${issuer}/.well-known/openid-configuration`, undefined)) as {
      jwks_uri: string;
    };
    const { oidcToken } = (await (await ask()).json()) as { oidcToken: string };
    const { protectedHeader } = await jwtVerify(oidcToken, createRemoteJWKSet(new URL(keys)), {
      issuer,
      audience,
      currentDate: new Date(now),
    });
    assert.equal(protectedHeader.alg, 'RS256');
  });

  it('serves HTTPS', async () => {
    const { ca, server } = await makeTestCertificates();
    await start({ tls: server });
    assert.match(organization.url, /^https:\/\/localhost:\d+\/sandbox\/$/);
    const configuration = await fetchJson(`${organization.issuer}/.well-known/openid-configuration`, ca);
    assert.equal((configuration as { issuer: string }).issuer, organization.issuer);
  });

  it('returns 401 for an invalid token', async () => {
    const response = await ask({ headers: { authorization: 'Bearer other' } });
    const { typeKey, message } = (await response.json()) as { typeKey: string; message: string };
    assert.deepEqual(
      [response.status, typeKey, message],
      [
        401,
        'UnauthorizedRequestException',
        "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.",
      ],
    );
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/);
    assert.match(response.headers.get('x-vss-e2eid') ?? '', /^[\da-f-]{36}$/);
  });

  it('redirects requests with an invalid token to the sign-in page, unless the request forbids it', async () => {
    const response = await ask({ headers: { authorization: 'Bearer other', 'x-tfs-fedauthredirect': '' } });
    assert.equal(response.status, 302);
    assert.match(await response.text(), /Object moved/);
    const page = await fetch(response.headers.get('location') ?? '');
    assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    assert.match(await page.text(), /Sign In/);
  });

  it('requires a supported api-version, POST, and JSON', async () => {
    assert.deepEqual((await refusal({ query: '' })).slice(0, 2), [400, 'VssVersionNotSpecifiedException']);
    assert.deepEqual((await refusal({ query: '?api-version=new' })).slice(0, 2), [400, 'InvalidApiVersionException']);
    assert.deepEqual(await refusal({ query: '?api-version=7.2' }), [
      400,
      'VssInvalidPreviewVersionException',
      'The requested version "7.2" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "7.2-preview"',
    ]);
    assert.deepEqual((await refusal({ query: '?api-version=9.0' })).slice(0, 2), [
      400,
      'VssVersionOutOfRangeException',
    ]);
    assert.equal((await refusal({ method: 'GET' }))[0], 405);
    assert.deepEqual(await refusal({ body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), [
      415,
      undefined,
      "The request entity's media type 'application/x-www-form-urlencoded' is not supported for this resource.",
    ]);
    assert.equal((await ask({ body: '{}' })).status, 200);
  });

  it('refuses unknown jobs and service connections', async () => {
    const { url, connections } = organization;
    const unknown = organization.oidcRequestUri.replace(/jobs\/.{4}/, 'jobs/0000');
    assert.deepEqual((await refusal({ uri: unknown })).slice(0, 2), [404, 'TaskOrchestrationPlanNotFoundException']);
    const elsewhere = await ask({ uri: `${url}_apis/nothing` });
    assert.deepEqual(
      [elsewhere.status, elsewhere.headers.get('content-type'), await elsewhere.text()],
      [
        404,
        'text/plain; charset=utf-8',
        "The controller for path '/_apis/nothing' was not found or does not implement IController.",
      ],
    );
    const of = (one: string) => refusal({ query: `?api-version=7.1&serviceConnectionId=${one}` });
    assert.equal((await of('To Databricks'))[0], 400);
    assert.deepEqual(await of(other.id), [
      404,
      'ServiceEndpointNotFoundException',
      `The service connection ${other.id} does not exist or has been disabled.`,
    ]);
    connections.delete(id);
    assert.equal((await of(id))[0], 404);
  });

  it('applies faults, and logs requests', async () => {
    organization.faults.add({ effect: 'status', status: 503 });
    assert.equal((await ask()).status, 503);
    await ask();
    assert.deepEqual(
      organization.requests.list('/oidctoken').map(({ status }) => status),
      [503, 200],
    );
  });

  describe('in a run of the local agent', () => {
    const fixture = useFixture();
    // Shows the claims, or the answer when there is no token; `-` asks for the pipeline's own.
    const script = `(async () => {
      const id = process.env.INPUT_FOR;
      const uri = process.env.SYSTEM_OIDCREQUESTURI + '?api-version=7.1' + (id === '-' ? '' : '&serviceConnectionId=' + id);
      const authorization = 'Bearer ' + process.env.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN;
      const answer = await (await fetch(uri, { method: 'POST', headers: { authorization } })).json();
      const claims = answer.oidcToken ? atob(answer.oidcToken.split('.')[1]) : JSON.stringify(answer);
      console.log('CLAIMS ' + claims);
    })();`;
    const inputs = [
      { name: 'connection', type: 'connectedService:DATABRICKSworkspace' },
      { name: 'for', type: 'string' },
    ];
    const run = async (yaml: string) => {
      fixture().task('Ask', script, { inputs });
      const predefined = { 'Build.BuildId': '77', 'Build.SourceBranch': 'refs/heads/topic' };
      const options = { collection: organization, connections: [connection, other], predefined };
      const { lines, report } = await fixture().run(yaml, options);
      const shown = lines.filter((line) => line.startsWith('CLAIMS ')).map((line) => line.slice(7));
      return { report, shown: shown.map((line) => JSON.parse(line) as Record<string, unknown>) };
    };

    it("passes its URL to tasks, and includes the run in the pipeline's token", async () => {
      const { report, shown } = await run('steps:\n- task: Ask@1\n  inputs: { for: "-" }\n');
      assert.equal(report.result, 'Succeeded');
      const [{ sub, run_id: runId, rpo_ref: branch, iss } = {}] = shown;
      assert.deepEqual(
        [sub, runId, branch, iss],
        ['p://sandbox/local/pipeline', '77', 'refs/heads/topic', organization.issuer],
      );
    });

    it('issues tokens only for the connections that tasks of the job name, even if they do not run', async () => {
      const named = `- task: Ask@1\n  condition: false\n  inputs: { connection: $(c), for: "-" }\n`;
      const asking = `- task: Ask@1\n  inputs: { for: ${id} }\n`;
      const { shown } = await run(
        `variables: { c: To Databricks }\njobs:\n- job: with\n  steps:\n  ${named.replaceAll('\n', '\n  ')}${asking.replaceAll('\n', '\n  ')}\n- job: without\n  steps:\n  ${asking.replaceAll('\n', '\n  ')}`,
      );
      const message = `There is no explicit reference to service connection ${id} from current stage __default.without.__default.`;
      assert.deepEqual(
        [shown[0]?.['sub'], shown[1]],
        ['sc://sandbox/local/To Databricks', { count: message.length, value: message }],
      );
    });
  });
});
