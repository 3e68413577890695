import * as shape from '../../../http/shape';
import type { Json } from '../../../json';
import type { DevopsHttp } from '../devopsHttp';

export type Check = shape.Read<typeof check>;

/** A resource that checks protect. */
export interface ProtectedResource {
  readonly type: 'environment' | 'endpoint' | 'queue' | 'variablegroup' | 'repository';
  readonly id: string;
}

/** A check to write. */
export interface CheckToWrite {
  /** The product's own ids: an approval is `8c6f20a7-a545-4486-9777-f762fafe0d4d`. */
  readonly type: { readonly id: string; readonly name: string };
  readonly settings: Readonly<Record<string, Json>>;
  /** In minutes, 43,200 at most. */
  readonly timeout: number;
  readonly resource: ProtectedResource;
}

/**
 * Approvals and other checks of a resource. Every method throws what `DevopsHttp` throws; creating is not repeated: a second
 * POST creates a second check.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks.
 */
export class ChecksApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The checks of a resource, with their settings. */
  checks(project: string, { type, id }: ProtectedResource): Promise<readonly Check[]> {
    return this.http.list(
      {
        method: 'GET',
        route: 'checks',
        parameters: { project },
        query: { resourceType: type, resourceId: id, $expand: 'settings' },
        purpose: `list the checks of the ${type} ${id}`,
      },
      check,
    );
  }

  create(project: string, given: CheckToWrite): Promise<Check> {
    const purpose = `create the check '${given.type.name}' of the ${given.resource.type} ${given.resource.id}`;
    return this.http.json(
      { method: 'POST', route: 'checks', parameters: { project }, json: bodyOf(given), purpose },
      check,
    );
  }

  /** Replaces a check. */
  update(project: string, id: number, given: CheckToWrite): Promise<Check> {
    return this.http.json(
      {
        method: 'PATCH',
        route: 'checks',
        parameters: { project, id },
        json: bodyOf(given),
        purpose: `update the check '${given.type.name}' of the ${given.resource.type} ${given.resource.id}`,
        repeatable: true,
      },
      check,
    );
  }

  async delete(project: string, id: number): Promise<void> {
    const purpose = `delete the check ${id}`;
    await this.http.json({ method: 'DELETE', route: 'checks', parameters: { project, id }, purpose }, shape.noContent);
  }
}

function bodyOf({ type, settings, timeout, resource }: CheckToWrite) {
  return { type: { ...type }, settings, timeout, resource: { ...resource } };
}

const check = shape.object({
  id: shape.number,
  type: shape.object({ id: shape.nonEmptyText, name: shape.shown }),
  settings: shape.maybe(shape.jsonMap),
  timeout: shape.maybe(shape.number),
  resource: shape.object({ type: shape.text, id: shape.nonEmptyText }),
});
