import type { Context } from '../agent/context';
import { createHttpClient } from '../http/createHttpClient';
import type { DetailedHttpClient } from '../http/httpClient';
import { pages } from '../http/pages';
import type { DevopsIdentity } from '../identity/devopsIdentity';
import { userAgent } from '../identity/signIn';
import { BuildApi } from './api/pipelines/build';
import { ChecksApi } from './api/pipelines/checks';
import { PipelinePermissionsApi } from './api/pipelines/pipelinePermissions';
import { CoreApi } from './api/core';
import { complete, httpRequestOf, listOf, type DevopsHttp, type DevopsRequest } from './api/devopsHttp';
import { EndpointsApi } from './api/pipelines/endpoints';
import { ExtensionDataApi } from './api/extensionData';
import { GitApi } from './api/git';
import { ImportsApi } from './api/imports';
import { GraphApi } from './api/graph';
import { IdentitiesApi, type CallerData } from './api/identities';
import { PoliciesApi } from './api/policies';
import { PullRequestsApi } from './api/pullRequests';
import { routes } from './api/routes';
import { SecurityApi } from './api/security';
import { TaskAgentApi } from './api/pipelines/taskAgent';
import { WorkApi } from './api/work';
import { CallerNames } from './callerNames';
import type { Devops } from './devops';
import { devopsDialect, devopsPatDialect } from './dialect';
import { Hosts } from './hosts';
import { readOrganizationUrl } from './organizationUrl';
import { explainRefusal } from './explainRefusal';

const service = 'Azure DevOps';

/** Without it Azure DevOps answers a refused token with a redirect to its sign-in page. */
const headers = { 'X-TFS-FedAuthRedirect': 'Suppress' };

/** Opens an organization. Makes no call. Throws an UnusableError when its URL cannot be used. */
export function connectDevops(identity: DevopsIdentity, organizationUrl: string, context: Context): Devops {
  const { url, name: organization } = readOrganizationUrl(organizationUrl);
  const { kind, tokens } = identity;
  const dialect = kind === 'token' ? devopsPatDialect() : devopsDialect;
  const options = { ...context, service, dialect, tokens, userAgent, headers };
  const plain = devopsHttp(new Hosts(url, (baseUrl) => createHttpClient({ ...options, baseUrl })));
  // The look-up of the caller has a client whose refusals are not explained: it explains those of the others.
  const caller = new CallerNames(() => new IdentitiesApi(plain).caller());
  const hosts = new Hosts(url, (baseUrl) =>
    createHttpClient({
      ...options,
      baseUrl,
      explain: (trouble) => explainRefusal(trouble, { kind, organization, caller }),
    }),
  );
  const http = devopsHttp(hosts);
  const identities = new IdentitiesApi(http);
  let callerData: Promise<CallerData> | undefined;
  return {
    url,
    organization,
    isJob: kind === 'job',
    build: new BuildApi(http),
    checks: new ChecksApi(http),
    core: new CoreApi(http),
    endpoints: new EndpointsApi(http),
    extensionData: new ExtensionDataApi(http),
    git: new GitApi(http),
    gitHost: () => hosts.clientFor('git'),
    graph: new GraphApi(http),
    identities,
    imports: new ImportsApi(http),
    pipelinePermissions: new PipelinePermissionsApi(http),
    policies: new PoliciesApi(http),
    pullRequests: new PullRequestsApi(http),
    security: new SecurityApi(http),
    taskAgent: new TaskAgentApi(http),
    work: new WorkApi(http),
    async caller() {
      const data = (callerData ??= identities.caller());
      return data.catch((error: unknown) => {
        callerData = undefined;
        throw error;
      });
    },
  };
}

/** Sends each request to the host of its area, in its version. */
function devopsHttp(hosts: Hosts): DevopsHttp {
  const clientOf = ({ route }: DevopsRequest): Promise<DetailedHttpClient> => hosts.clientFor(routes[route].area);
  return {
    json: async (request, shape) => (await clientOf(request)).json(httpRequestOf(request), shape),
    bytes: async (request) => (await clientOf(request)).bytes(httpRequestOf(request)),
    async list(request, item) {
      const client = await clientOf(request);
      const shape = listOf(item);
      return complete(
        pages(request.purpose, async (continuationToken) => {
          const query = { ...request.query, continuationToken };
          const isNextPage = continuationToken !== undefined;
          const { header, body } = await client.answer(httpRequestOf({ ...request, query, isNextPage }), shape);
          return { items: body.value, next: header('x-ms-continuationtoken') };
        }),
      );
    },
  };
}
