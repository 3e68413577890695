import { invalidParameter } from '../apiError';
import { checkFields, controlPrefix } from '../control';
import type { Permissions } from '../permissions';
import type { Router } from '../router';
import type { Federation } from './federation';
import type { Identities } from './identities';
import { type NetworkAccess, networkRefusals } from './networkAccess';

export interface AccessParts {
  readonly identities: Identities;
  readonly federation: Federation;
  readonly permissions: Permissions;
  readonly network: NetworkAccess;
}

/** The part of the control door that takes access away. Described in README.md. */
export function addAccessRoutes(router: Router, { identities, federation, permissions, network }: AccessParts): void {
  router.add('POST', `${controlPrefix}revoke`, (request) => {
    checkFields(request.json, ['token', 'secretOf', 'federationPolicy', 'principal', 'jobId']);
    const [token, secretOf, policy] = ['token', 'secretOf', 'federationPolicy'].map((name) => request.text(name));
    if (token !== undefined) identities.revokeToken(token);
    else if (secretOf !== undefined) identities.revokeSecret(secretOf);
    else if (policy !== undefined) federation.revoke(policy);
    else if (request.text('jobId') !== undefined)
      permissions.revoke('jobs', request.required('jobId'), request.required('principal'));
    else identities.remove(request.required('principal'));
    return {};
  });
  router.add('POST', `${controlPrefix}network`, ({ json }) => {
    checkFields(json, ['refusal']);
    const refusal = networkRefusals.find((name) => name === json.refusal);
    if (!refusal && json.refusal !== null)
      throw invalidParameter(`refusal must be ${networkRefusals.join(', ')} or null`);
    network.refusal = refusal;
    return {};
  });
}
