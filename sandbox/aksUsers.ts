import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { decodeJwt } from 'jose';
import { aksServerApplication } from './azure/managedClusters/clusterKubeconfig';
import type { TokenIssuer } from './azure/callers';
import { fetchJson } from './http/fetchJson';
import { type KubernetesUser, mastersGroup } from './kubernetes/access/users';

/**
 * Knows the callers of an AKS cluster by their Entra tokens for its server application: each is known by its object id, and
 * is an administrator, as with the role "Azure Kubernetes Service RBAC Cluster Admin". The keys are asked for once.
 */
export async function aksUsers(
  { issuer, jwksUri }: TokenIssuer,
  clock: { now(): number },
  issuerCa?: string,
): Promise<(token: string) => KubernetesUser | undefined> {
  const { keys } = (await fetchJson(jwksUri, issuerCa)) as { readonly keys: readonly JsonWebKey[] };
  const publicKeys = keys.map((key) => createPublicKey({ key, format: 'jwk' }));
  return (token) => {
    const [, signed = '', signature = ''] = /^([\w-]+\.[\w-]+)\.([\w-]+)$/.exec(token) ?? [];
    const isGenuine = publicKeys.some((key) =>
      verify('RSA-SHA256', Buffer.from(signed), key, Buffer.from(signature, 'base64url')),
    );
    if (!isGenuine) return undefined;
    const { iss, aud, exp = 0, oid } = decodeJwt(token);
    const isValid = iss === issuer && aud === aksServerApplication && exp * 1000 > clock.now();
    return isValid && typeof oid === 'string' ? { name: oid, groups: [mastersGroup] } : undefined;
  };
}
