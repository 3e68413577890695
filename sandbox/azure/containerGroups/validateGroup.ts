import { isDeepStrictEqual } from 'node:util';
import { contentInvalid } from '../armError';
import { sameText } from '../resourceId';
import type { ContainerBody, GroupBody, RegistryCredential } from './groupBody';
import { type ContainerImage, imageNamed } from './containerImages';
import { checkSettings } from './validateSettings';
import {
  groupNameInvalid,
  imageInaccessible,
  locationRequired,
  osTypeInvalid,
  registryCredentialAmbiguous,
  registryFailed,
  registryIdentityInvalid,
  registryIdentityUnsupported,
  requestsMissing,
  updateInvalid,
} from './groupError';

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads the body of a PUT.
 * @throws ArmError when it lacks something that every group has
 */
export function readGroup(name: string, body: unknown): GroupBody {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) throw groupNameInvalid(name);
  const given = (body ?? {}) as Json;
  if (typeof given['location'] !== 'string' || given['location'] === '') throw locationRequired();
  const properties = required(given, 'properties', '') as Json;
  const containers = required(properties, 'containers', 'properties') as readonly Json[];
  if (containers.length === 0) throw contentInvalid("Required property 'containers' is empty. Path 'properties'.");
  for (const [index, container] of containers.entries()) {
    const path = `properties.containers[${index}]`;
    required(container, 'name', path);
    const own = required(container, 'properties', path) as Json;
    required(own, 'image', `${path}.properties`);
    const { requests } = (own['resources'] ?? {}) as { readonly requests?: Json };
    if (!requests) throw requestsMissing(String(container['name']), name);
    for (const key of ['cpu', 'memoryInGB']) required(requests, key, `${path}.properties.resources.requests`);
  }
  const credentials = (properties['imageRegistryCredentials'] ?? []) as readonly Json[];
  for (const [index, credential] of credentials.entries()) {
    required(credential, 'server', `properties.imageRegistryCredentials[${index}]`);
  }
  const address = properties['ipAddress'] as Json | undefined;
  if (address) required(address, 'ports', 'properties.ipAddress');
  const location = given['location'].replaceAll(' ', '').toLowerCase();
  const group = { ...given, location } as unknown as GroupBody;
  if (!['Linux', 'Windows'].includes(group.properties.osType)) throw osTypeInvalid(name);
  checkSettings(name, group);
  return group;
}

function required(object: Json, key: string, path: string): unknown {
  const value = object[key];
  if (value === undefined || value === null) {
    throw contentInvalid(`Required property '${key}' not found in JSON. Path '${path}'.`);
  }
  return value;
}

/** @throws ArmError when the credentials of registries make no sense */
export function checkCredentials(name: string, { identity, properties }: GroupBody, apiVersion: string): void {
  const assigned = Object.keys(identity?.userAssignedIdentities ?? {});
  for (const credential of properties.imageRegistryCredentials ?? []) {
    const hasIdentity = credential.identity !== undefined;
    if (hasIdentity && apiVersion < '2021-07-01') throw registryIdentityUnsupported(name);
    if (hasIdentity === (credential.username !== undefined)) throw registryCredentialAmbiguous(name);
    if (hasIdentity && !assigned.some((id) => sameText(id, credential.identity ?? ''))) {
      throw registryIdentityInvalid(name);
    }
  }
}

/** @throws ArmError when an image can't be had */
export function checkImages(
  name: string,
  { properties: { containers, imageRegistryCredentials = [] } }: GroupBody,
  images: ReadonlyMap<string, ContainerImage>,
): void {
  for (const { properties } of containers) {
    const reference = properties.image;
    const { pull, credentials } = imageNamed(images, reference);
    const server = reference.includes('.') ? (reference.split('/')[0] ?? '') : 'index.docker.io';
    if (pull === 'registryError') throw registryFailed(server);
    const shown = imageRegistryCredentials.find((each) => sameText(each.server, server));
    if (pull !== undefined || reference !== reference.trim() || (credentials && !opens(credentials, shown))) {
      throw imageInaccessible(reference, name);
    }
  }
}

function opens(
  wanted: { readonly identity?: string; readonly password?: string },
  shown?: RegistryCredential,
): boolean {
  const { identity, password } = shown ?? {};
  return (
    (wanted.identity !== undefined && identity !== undefined && sameText(wanted.identity, identity)) ||
    (wanted.password !== undefined && wanted.password === password)
  );
}

/** @throws ArmError when it changes what can't be changed */
export function checkUpdate(name: string, before: GroupBody, after: GroupBody): void {
  if (!isDeepStrictEqual(fixedParts(before), fixedParts(after))) throw updateInvalid(name);
}

/**
 * https://learn.microsoft.com/azure/container-instances/container-instances-update#limitations, and the workspace of the
 * logs: https://github.com/MicrosoftDocs/azure-docs/issues/65195
 */
function fixedParts({ zones, properties }: GroupBody) {
  const { osType, restartPolicy = 'Always', subnetIds = [], sku = 'Standard', containers, diagnostics } = properties;
  const resources = (container: ContainerBody) => [container.name, container.properties.resources];
  const logs = diagnostics?.logAnalytics?.['workspaceId'];
  return { zones: zones ?? [], osType, restartPolicy, subnetIds, sku, resources: containers.map(resources), logs };
}
