import { Operations } from '../operations';
import { partOf } from '../resourceId';
import type { Router } from '../router';
import type { Change, Changes } from './changes';
import { apiVersions } from './mlRouter';
import { type MlWorkspace, namespace, workspaceIdOf } from './workspace';

/** What an operation is about. */
export interface Subject {
  readonly workspace: MlWorkspace;
  /** `oe` for endpoints, `od` for deployments. */
  readonly kind: 'oe' | 'od';
  readonly resourceId: string;
  readonly changes: Changes;
  /** Of the request, which the URLs have too. */
  readonly apiVersion: string;
}

type Headers = Readonly<Record<string, string>>;

/** The operations of the service, in the shapes in which they were recorded. */
export class MlOperations {
  readonly #operations: Operations;

  constructor(
    /** Of the Resource Manager. */
    private readonly url: string,
    clock: { now(): number },
  ) {
    this.#operations = new Operations(namespace, url, clock, {
      statusType: 'mfeOperationsStatus',
      resultType: 'mfeOperationResults',
      apiVersions,
      extras: ({ name, isFinal }) => ({
        name,
        percentComplete: isFinal ? 100 : 0,
        ...(isFinal && { endTime: new Date(clock.now()).toISOString() }),
      }),
    });
  }

  addRoutes(router: Router): void {
    this.#operations.addRoutes(router);
  }

  /** The headers of a PUT: its Location is the resource itself. */
  beginPut(subject: Subject, change: Change): Headers {
    const { resourceId, apiVersion } = subject;
    return {
      ...this.#begin(subject, change, 'asyncOperation'),
      location: `${this.url}${resourceId}?api-version=${apiVersion}`,
      'x-ms-async-operation-timeout': 'PT30M',
    };
  }

  /** The headers of a PATCH, which has a Location alone. */
  beginPatch(subject: Subject, change: Change): Headers {
    return { ...this.#begin(subject, change, 'location'), 'retry-after': '10' };
  }

  /** The headers of a DELETE or of an action. */
  beginDelete(subject: Subject, change: Change): Headers {
    return { ...this.#begin(subject, change, 'both'), 'x-ms-async-operation-timeout': 'PT30M' };
  }

  #begin(
    { workspace, kind, resourceId, changes, apiVersion }: Subject,
    change: Change,
    shape: 'asyncOperation' | 'location' | 'both',
  ): Headers {
    return this.#operations.begin({
      resourceId,
      subscriptionId: partOf(workspace.id, 'subscriptions'),
      location: workspace.location,
      shape,
      idPrefix: `${kind}:${workspaceIdOf(workspace)}:`,
      apiVersion,
      state: () => changes.stateOf(change, workspace.location),
    });
  }
}
