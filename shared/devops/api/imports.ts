import type { GitImportRequest } from 'azure-devops-node-api/interfaces/GitInterfaces';
import * as shape from '../../http/shape';
import type { DevopsHttp, Wire } from './devopsHttp';

export type ImportRequest = shape.Read<typeof importRequest>;

/**
 * Imports of other repositories with their whole history. Every method throws what `DevopsHttp` throws; creating is not repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/git/import-requests.
 */
export class ImportsApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The imports into a repository, without the abandoned ones. */
  importRequests(project: string, repositoryId: string): Promise<readonly ImportRequest[]> {
    const purpose = `list the imports into the repository '${repositoryId}'`;
    return this.http.list(
      { method: 'GET', route: 'importRequests', parameters: { project, repositoryId }, purpose },
      importRequest,
    );
  }

  /** How far an import is. */
  importRequest(
    project: string,
    repositoryId: string,
    importRequestId: number,
    budgetSeconds?: number,
  ): Promise<ImportRequest> {
    return this.http.json(
      {
        method: 'GET',
        route: 'importRequests',
        parameters: { project, repositoryId, importRequestId },
        purpose: `read the import request ${importRequestId}`,
        ...(budgetSeconds !== undefined && { budgetSeconds }),
      },
      importRequest,
    );
  }

  /** Begins to import another repository into an empty one. */
  createImportRequest(
    project: string,
    repositoryId: string,
    json: Pick<Wire<GitImportRequest>, 'parameters'>,
  ): Promise<ImportRequest> {
    const purpose = `import a repository into '${repositoryId}'`;
    return this.http.json(
      { method: 'POST', route: 'importRequests', parameters: { project, repositoryId }, json, purpose },
      importRequest,
    );
  }
}

const importRequest = shape.object({
  importRequestId: shape.number,
  /** `queued`, `inProgress`, `completed`, `failed` or `abandoned`. */
  status: shape.text,
  parameters: shape.maybe(shape.object({ gitSource: shape.maybe(shape.object({ url: shape.shown })) })),
  detailedStatus: shape.maybe(
    shape.object({
      currentStep: shape.shownNumber,
      allSteps: shape.lenient(shape.list(shape.text), []),
      errorMessage: shape.optionalText,
    }),
  ),
});
