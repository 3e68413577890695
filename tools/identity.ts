import { createHash } from 'node:crypto';
import { endpointContribution, type Contribution, type ExtensionManifest, type TaskManifest } from './manifests';

/** What a build may change about who it is. */
export interface IdentityOptions {
  readonly publisher?: string;
  readonly extensionId?: string;
  /** A build that can be installed beside the released one: other ids, names, GUIDs and endpoint type names. */
  readonly dev?: boolean;
}

/** The manifests as they are shipped: with the project's version, and with the identity that was asked for. */
export function identify(
  extension: ExtensionManifest,
  tasks: readonly TaskManifest[],
  version: string,
  options: IdentityOptions,
): { readonly extension: ExtensionManifest; readonly tasks: readonly TaskManifest[] } {
  const dev = options.dev ?? false;
  const publisher = options.publisher ?? extension.publisher;
  const id = options.extensionId ?? (dev ? `${extension.id}-dev` : extension.id);
  const endpointTypes = extension.contributions.filter(isEndpointType).map(({ properties }) => properties.name);
  const devIds = new Map(tasks.map((task) => [task.id, uuidv5(`${publisher}.${id}.${task.name}`)]));

  return {
    extension: {
      ...extension,
      publisher,
      id,
      version,
      name: dev ? devName(extension.name) : extension.name,
      contributions: dev
        ? extension.contributions.map((each) => devContribution(each, devIds))
        : extension.contributions,
    },
    tasks: tasks.map((task) => {
      const stamped = { ...task, version: taskVersion(task, version) };
      return dev ? devTask(stamped, devIds.get(task.id) ?? task.id, endpointTypes) : stamped;
    }),
  };
}

/** A task keeps its own Major and takes the extension's Minor and Patch, so that its version rises with every release. */
function taskVersion(task: TaskManifest, version: string): TaskManifest['version'] {
  const [, minor, patch] = version.split('.').map(Number);
  if (minor === undefined || patch === undefined) throw new Error(`package.json: ${version} is not a version.`);
  return { Major: task.version.Major, Minor: minor, Patch: patch };
}

function devTask(task: TaskManifest, id: string, endpointTypes: readonly string[]): TaskManifest {
  return {
    ...task,
    id,
    friendlyName: devName(task.friendlyName),
    inputs: task.inputs.map((input) => {
      const [kind, type, ...schemes] = input.type.split(':');
      if (kind !== 'connectedService' || type === undefined || !endpointTypes.includes(type)) return input;
      return { ...input, type: [kind, devEndpointType(type), ...schemes].join(':') };
    }),
  };
}

function devContribution(contribution: Contribution, taskIds: ReadonlyMap<string, string>): Contribution {
  const { supportsTasks } = contribution.properties;
  if (supportsTasks) {
    const properties = { ...contribution.properties, supportsTasks: supportsTasks.map((id) => taskIds.get(id) ?? id) };
    return { ...contribution, properties };
  }
  if (!isEndpointType(contribution)) return contribution;
  const { name, displayName = name } = contribution.properties;
  return {
    ...contribution,
    properties: { ...contribution.properties, name: devEndpointType(name), displayName: devName(displayName) },
  };
}

function isEndpointType({ type }: { readonly type: string }): boolean {
  return type === endpointContribution;
}

/** The name of an endpoint type is unique across every extension of the Marketplace. */
function devEndpointType(name: string): string {
  return `${name}dev`;
}

function devName(name: string): string {
  return `${name} (dev)`;
}

/** The name-based UUID of RFC 9562, version 5, in its DNS name space: the same name always gives the same id. */
export function uuidv5(name: string): string {
  const namespace = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex');
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
