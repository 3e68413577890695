import type { ServerResponse } from 'node:http';
import { connectDevops } from '../../../shared/devops/connect';
import { areas } from '../../../shared/devops/api/routes';
import type { Devops } from '../../../shared/devops/devops';
import type { DevopsIdentity } from '../../../shared/identity/devopsIdentity';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer, reply, type Behaviour, type RecordedRequest } from '../../support/recordingServer';
import { testContext } from '../../support/testContext';
import { TestTokens } from '../http/clientUnderTest';

const otherHosts: Readonly<Record<string, string>> = {
  graph: 'vssps',
  identities: 'vssps',
  extensionManagement: 'extmgmt',
};

/**
 * An organization at a local server: it names its hosts, and answers each further request with the next of its behaviours, the
 * last of them again and again.
 */
export class OrganizationUnderTest {
  readonly clock = new FakeClock();
  /** All requests but those for the resource areas. */
  readonly requests: RecordedRequest[] = [];
  areaRequests = 0;
  resourceAreas: Behaviour;
  #behaviours: Behaviour[] = [];

  private constructor(readonly server: RecordingServer) {
    this.resourceAreas = { body: this.namedAreas() };
  }

  static async start(): Promise<OrganizationUnderTest> {
    const organization = new OrganizationUnderTest(await RecordingServer.start());
    organization.server.reset((request, response) => organization.#answer(request, response));
    return organization;
  }

  get url(): string {
    return `${this.server.url}/contoso`;
  }

  namedAreas(): object {
    const value = Object.entries(areas).flatMap(([name, id]) =>
      id === undefined
        ? []
        : [{ id, name, locationUrl: `${this.server.url}/${otherHosts[name] ? `${otherHosts[name]}/` : ''}contoso/` }],
    );
    return { count: value.length, value };
  }

  /** From here on answers so. */
  answers(...behaviours: Behaviour[]): void {
    this.requests.length = 0;
    this.areaRequests = 0;
    this.resourceAreas = { body: this.namedAreas() };
    this.#behaviours = behaviours;
  }

  connect(kind: DevopsIdentity['kind'] = 'azure', tokens = new TestTokens(), url = this.url): Devops {
    return connectDevops({ kind, tokens }, url, testContext({ clock: this.clock }));
  }

  /** `METHOD path` of each request. */
  get calls(): readonly string[] {
    return this.requests.map(({ method, url }) => `${method} ${url}`);
  }

  #answer(request: RecordedRequest, response: ServerResponse): void {
    const isAreas = request.url.toLowerCase().endsWith('/_apis/resourceareas');
    if (isAreas) this.areaRequests++;
    else this.requests.push(request);
    const behaviour = isAreas
      ? this.resourceAreas
      : this.#behaviours.length > 1
        ? this.#behaviours.shift()
        : this.#behaviours[0];
    if (typeof behaviour === 'function') behaviour(request, response);
    else reply(response, behaviour ?? { status: 404 });
  }
}
