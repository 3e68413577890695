import { permissionMissing } from '../permissionErrors';
import type { DevopsRequest } from '../rest/route';
import { accountOf } from './identity';
import { nameOfBits } from './namespaces';

/**
 * Refuses whoever lacks a bit, as the service does for the namespace: TF401027 for repositories, TF215106 for
 * pipelines, and so on.
 * @param subject what the error names, such as `repository` or `build pipeline 12:ci in team project ml`
 * @throws OrganizationError
 */
export function requirePermission(
  { caller }: Pick<DevopsRequest, 'caller'>,
  namespaceId: string,
  token: string,
  bits: number,
  subject = 'project',
): void {
  if (caller.may(namespaceId, token, bits)) return;
  const { identity } = caller;
  throw permissionMissing(namespaceId, {
    account: accountOf(identity),
    displayName: identity.displayName,
    id: identity.id,
    permission: nameOfBits(namespaceId, bits),
    subject,
  });
}
