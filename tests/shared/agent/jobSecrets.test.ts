import assert from 'node:assert/strict';
import { jobSecrets } from '../../../shared/agent/jobSecrets';

describe('The secrets of a job', () => {
  it('are the authorization of all its connections, its secret variables, and what the agent signs in with', () => {
    const environment = {
      PATH: '/bin',
      INPUT_CONNECTION: 'c1',
      ENDPOINT_URL_c1: 'https://host',
      ENDPOINT_DATA_c1_REGION: 'west',
      ENDPOINT_AUTH_c1: JSON.stringify({ scheme: 'Token', parameters: { apitoken: 'token-1', none: '' } }),
      ENDPOINT_AUTH_SCHEME_c1: 'Token',
      ENDPOINT_AUTH_PARAMETER_c1_APITOKEN: 'token-1',
      ENDPOINT_AUTH_c2: JSON.stringify({
        scheme: 'ServicePrincipal',
        parameters: {
          serviceprincipalid: 'app',
          tenantid: 'tenant',
          authenticationType: 'spnKey',
          serviceprincipalkey: 'key-2',
        },
      }),
      ENDPOINT_AUTH_PARAMETER_c3_USERNAME: 'me',
      ENDPOINT_AUTH_PARAMETER_c3_PASSWORD: 'pw-3',
      ENDPOINT_AUTH_PARAMETER_c3_ISCREATEDFROMSECRETYAML: 'false',
      ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ scheme: 'OAuth', parameters: { AccessToken: 'job-token' } }),
      ENDPOINT_AUTH_broken: '{"parameters": {"token": "tok',
      SECRET_MY_VARIABLE: 'variable',
      SECRET_EMPTY: '',
      SYSTEM_ACCESSTOKEN: 'job-token',
      AGENT_PROXYPASSWORD: 'proxy',
      VSTS_SECRET_VARIABLES: '["my.variable"]',
      UNSET: undefined,
    };
    assert.deepEqual(
      new Set(jobSecrets(environment)),
      new Set(['token-1', 'key-2', 'pw-3', 'job-token', '{"parameters": {"token": "tok', 'variable', 'proxy']),
    );
  });
});
