import { ArmError, resourceNotFound } from '../armError';
import type { ResourceGroups } from '../resourceGroups';
import { sameText } from '../resourceId';
import type { ArmReply, ArmRequest, Router } from '../router';
import { isObject, type Json } from './json';
import type { MachineLearning } from './machineLearning';
import { requestInvalid } from './mlError';
import { type MlWorkspace, namespace, workspaceType } from './workspace';

/** The stable ones, and the previews that Microsoft's client for Python sends. */
export const apiVersions = [
  '2022-02-01-preview',
  '2022-05-01',
  '2022-10-01',
  '2023-04-01-preview',
  '2023-04-01',
  '2023-08-01-preview',
  '2023-10-01',
  '2024-04-01',
  '2024-10-01-preview',
  '2024-10-01',
  '2025-04-01',
  '2025-06-01',
  '2025-09-01',
  '2025-12-01',
];

/** A route below a workspace, as `PUT`, `/models/{name}` and the action after `…/workspaces/`. */
export type MlRoute = readonly [method: string, path: string, action: string];

export const groupPath = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/${namespace}`;

/** Adds routes of workspaces, and finds the workspace of a request. */
export class MlRouter {
  constructor(
    readonly router: Router,
    readonly groups: ResourceGroups,
    readonly ml: MachineLearning,
  ) {}

  /** Any route of the provider; `action` begins after the namespace. */
  addAny([method, path, action]: MlRoute, handle: (request: ArmRequest) => ArmReply | Promise<ArmReply>): void {
    this.router.add({ method, path, action: `${namespace}/${action}`, apiVersions, handle });
  }

  add(
    [method, path, action]: MlRoute,
    handle: (workspace: MlWorkspace, request: ArmRequest) => ArmReply | Promise<ArmReply>,
  ): void {
    const whole = `${groupPath}/workspaces/{workspace}${path}`;
    this.addAny([method, whole, `workspaces/${action}`], (request) => handle(this.#workspaceOf(request), request));
  }

  /** The workspaces of a resource group. */
  workspacesIn({ parameters: { subscriptionId = '', resourceGroup = '' } }: ArmRequest): readonly MlWorkspace[] {
    const { id } = this.groups.get(subscriptionId, resourceGroup);
    return this.ml.workspaces.filter((workspace) => workspace.id.toLowerCase().startsWith(`${id.toLowerCase()}/`));
  }

  /** @throws ArmError when there is none */
  #workspaceOf(request: ArmRequest): MlWorkspace {
    const { resourceGroup = '', workspace: name = '' } = request.parameters;
    const found = this.workspacesIn(request).find(({ id }) => sameText(id.slice(id.lastIndexOf('/') + 1), name));
    if (!found) throw resourceNotFound(workspaceType, name, resourceGroup);
    return found;
  }
}

/** The JSON object of a body; an empty one without a body. */
export function bodyOf({ body }: ArmRequest, location: string): Json {
  if (body === undefined) return {};
  if (!isObject(body)) throw requestInvalid(location, 'The body must be a JSON object.');
  return body;
}

/** Version 2 of the API is closed to workspaces in the legacy mode. */
export function checkLegacyMode({ v1LegacyMode = false, id }: MlWorkspace): void {
  if (!v1LegacyMode) return;
  throw new ArmError(
    403,
    'Forbidden',
    `The workspace '${id.slice(id.lastIndexOf('/') + 1)}' is in v1 legacy mode. Operations of the v2 API are not available.`,
  );
}
