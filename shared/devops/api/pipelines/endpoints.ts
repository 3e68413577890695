import * as shape from '../../../http/shape';
import type { DevopsHttp } from '../devopsHttp';

/** A service connection, without its credentials. */
export interface Endpoint {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly isReady: boolean;
  /** The projects that it is in, as far as the identity may see them. */
  readonly projectIds: readonly string[];
}

interface ProjectReference {
  readonly id: string;
  readonly name: string;
}

/**
 * Service connections. Every method throws what `DevopsHttp` throws; nothing that creates is repeated. What the service
 * returns of credentials is dropped.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/serviceendpoint.
 */
export class EndpointsApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The service connections of a project that the identity may see; a list by names leaves out those that it may not. */
  endpoints(project: string, endpointNames?: readonly string[]): Promise<readonly Endpoint[]> {
    return this.http.list(
      {
        method: 'GET',
        route: 'endpoints',
        parameters: { project },
        query: { endpointNames: endpointNames?.join(',') },
        purpose: `list the service connections of the project '${project}'`,
        hasSecretAnswer: true,
      },
      endpoint,
    );
  }

  /** One by its id. */
  endpoint(project: string, endpointId: string): Promise<Endpoint> {
    return this.http.json(
      {
        method: 'GET',
        route: 'endpoints',
        parameters: { project, endpointId },
        purpose: `read the service connection ${endpointId}`,
        hasSecretAnswer: true,
      },
      endpoint,
    );
  }

  /** Shares a service connection with another project, under a name. */
  async share(endpointId: string, project: ProjectReference, name: string, description = ''): Promise<void> {
    await this.http.json(
      {
        method: 'PATCH',
        route: 'organizationEndpoints',
        parameters: { endpointId },
        json: [{ name, description, projectReference: { ...project } }],
        purpose: `share the service connection '${name}' with the project '${project.name}'`,
        repeatable: true,
      },
      shape.noContent,
    );
  }

  /** Creates a connection to a Git repository elsewhere, as an import needs it. */
  createGitEndpoint(
    project: ProjectReference,
    name: string,
    { url, username, password }: { readonly url: string; readonly username: string; readonly password: string },
  ): Promise<Endpoint> {
    return this.http.json(
      {
        method: 'POST',
        route: 'organizationEndpoints',
        json: {
          name,
          type: 'git',
          url,
          authorization: { scheme: 'UsernamePassword', parameters: { username, password } },
          serviceEndpointProjectReferences: [{ name, description: '', projectReference: { ...project } }],
        },
        purpose: `create the service connection '${name}'`,
        secrets: [password],
        hasSecretAnswer: true,
      },
      endpoint,
    );
  }

  async delete(endpointId: string, projectId: string): Promise<void> {
    await this.http.json(
      {
        method: 'DELETE',
        route: 'organizationEndpoints',
        parameters: { endpointId },
        query: { projectIds: projectId },
        purpose: `delete the service connection ${endpointId}`,
        repeatable: true,
      },
      shape.noContent,
    );
  }
}

const endpoint = shape.mapped(
  shape.object({
    id: shape.nonEmptyText,
    name: shape.nonEmptyText,
    type: shape.shown,
    isReady: shape.maybe(shape.boolean),
    serviceEndpointProjectReferences: shape.maybe(
      shape.list(shape.object({ projectReference: shape.maybe(shape.object({ id: shape.nonEmptyText })) })),
    ),
  }),
  ({ id, name, type, isReady, serviceEndpointProjectReferences: references }): Endpoint => ({
    id,
    name,
    type,
    isReady: isReady !== false,
    projectIds: (references ?? []).flatMap(({ projectReference }) => projectReference?.id ?? []),
  }),
);
