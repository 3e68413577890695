import { ArmError } from '../armError';
import type { OperationShape } from '../operations';
import { nameOf, partOf, sameText } from '../resourceId';
import { ContainerGroup } from './containerGroup';
import type { ContainerImage } from './containerImages';
import { type ExposedPort, exposePort } from './exposedPort';
import type { GroupBody } from './groupBody';
import {
  capacityMessage,
  capacityMissing,
  groupTransitioning,
  labelTaken,
  quotaReached,
  updateInvalid,
} from './groupError';
import { checkCredentials, checkImages, checkUpdate } from './validateGroup';

/** How the operations on groups lead to their end. */
export interface GroupShapes {
  put: OperationShape;
  start: OperationShape;
  delete: OperationShape;
  retryAfterSeconds?: number;
}

/** How long a deletion takes that isn't over at once. */
const deletionSeconds = 10;

/** All container groups, and what can go wrong with them. Everything that is public here can be changed at any time. */
export class ContainerInstances {
  /** By whole reference, or by repository without tag and digest. */
  readonly images = new Map<string, ContainerImage>();
  /** Regions without room: `refused` at once, or `failing` after a while. */
  readonly capacity = new Map<string, 'refused' | 'failing'>();
  /** Cores that all groups of a region may have together; no limit without it. */
  readonly quotas = new Map<string, number>();
  /** The defaults are what Azure does for a group without a network of its own. */
  readonly shapes: GroupShapes = { put: 'asyncOperation', start: 'location', delete: 'neither' };
  readonly #groups = new Map<string, ContainerGroup>();
  readonly #ports = new Map<ContainerGroup, Map<number, ExposedPort>>();
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(private readonly clock: { now(): number }) {}

  /** Those that there are now. */
  get groups(): readonly ContainerGroup[] {
    for (const group of this.#groups.values()) {
      if (group.deletedAt !== undefined && group.deletedAt <= this.clock.now()) this.#remove(group);
    }
    return [...this.#groups.values()];
  }

  find(id: string): ContainerGroup | undefined {
    return this.groups.find((group) => sameText(group.id, id));
  }

  /**
   * Where a port of a group really is to be reached, by its name or address.
   * @throws Error when there is none
   */
  urlOf(host: string, port: number): string {
    const group = this.groups.find(({ hosts }) => hosts.some((each) => sameText(each, host)));
    const url = group && this.#ports.get(group)?.get(port)?.url;
    if (url === undefined) throw new Error(`No container group listens at ${host}:${port}.`);
    return url;
  }

  /**
   * Creates a group or changes it; `isChanged` is false where all is as before.
   * @throws ArmError
   */
  async put(
    id: string,
    body: GroupBody,
    apiVersion: string,
  ): Promise<{ readonly group: ContainerGroup; readonly isNew: boolean; readonly isChanged: boolean }> {
    const [name, known] = [nameOf(id), this.find(id)];
    if (known?.isTransitioning) throw groupTransitioning(name);
    checkCredentials(name, body, apiVersion);
    if (known) {
      checkLocation(known, body.location);
      checkUpdate(name, known.body, body);
      if (known.isSame(body)) return { group: known, isNew: false, isChanged: false };
      if (known.isTerminated) throw updateInvalid(name);
    }
    checkImages(name, body, this.images);
    const group = known ?? new ContainerGroup(id, body, this.images, this.clock);
    this.#checkLabel(group, body);
    if (!known) this.#checkQuota(group);
    const capacityFailure = known ? undefined : this.#checkCapacity(body);
    group.deploy(body, capacityFailure);
    this.#groups.set(id.toLowerCase(), group);
    await this.#expose(group);
    return { group, isNew: !known, isChanged: true };
  }

  /** Deletes a group; it takes some time unless the shape has no operation. */
  async delete(group: ContainerGroup): Promise<void> {
    if (this.shapes.delete === 'neither') {
      this.#remove(group);
      await Promise.all(this.#closing);
    } else {
      group.deletedAt ??= this.clock.now() + deletionSeconds * 1000;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const group of [...this.#groups.values()]) this.#remove(group);
    await Promise.all(this.#closing);
  }

  #remove(group: ContainerGroup): void {
    this.#groups.delete(group.id.toLowerCase());
    for (const port of this.#ports.get(group)?.values() ?? []) this.#close(port);
    this.#ports.delete(group);
  }

  #close(port: ExposedPort): void {
    const closing = port.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async #expose(group: ContainerGroup): Promise<void> {
    const open = this.#ports.get(group) ?? new Map<number, ExposedPort>();
    this.#ports.set(group, open);
    const wanted = new Set(group.body.properties.ipAddress?.ports.map(({ port }) => port));
    for (const [port, exposed] of open) {
      if (wanted.has(port)) continue;
      open.delete(port);
      this.#close(exposed);
    }
    for (const port of wanted) {
      if (open.has(port)) continue;
      const exposed = await exposePort((request) => group.answer(port, request));
      if (this.#isClosed) this.#close(exposed);
      else open.set(port, exposed);
    }
  }

  #checkLabel(group: ContainerGroup, { location, properties: { ipAddress } }: GroupBody): void {
    const { dnsNameLabel: label, autoGeneratedDomainNameLabelScope: scope = 'Unsecure' } = ipAddress ?? {};
    if (label === undefined || scope === 'Noreuse') return;
    const isTaken = this.groups.some(
      ({ id, body }) =>
        id !== group.id &&
        body.location === location &&
        body.properties.ipAddress?.dnsNameLabel === label &&
        (body.properties.ipAddress.autoGeneratedDomainNameLabelScope ?? 'Unsecure') === scope,
    );
    if (isTaken) throw labelTaken(label, group.name);
  }

  #checkQuota(group: ContainerGroup): void {
    const { location } = group.body;
    const limit = this.quotas.get(location);
    if (limit === undefined) return;
    const usage = this.groups
      .filter(({ body, isTerminated }) => body.location === location && !isTerminated)
      .reduce((sum, { cores }) => sum + cores, 0);
    if (usage + group.cores > limit) throw quotaReached(location, limit, usage, group.cores);
  }

  /** @returns what the operation fails with later */
  #checkCapacity({ location, properties: { containers, osType } }: GroupBody): string | undefined {
    const state = this.capacity.get(location);
    if (!state) return undefined;
    const requests = containers.map(({ properties }) => properties.resources.requests);
    const sum = (key: 'cpu' | 'memoryInGB') => requests.reduce((total, each) => total + each[key], 0);
    const message = capacityMessage(location, sum('cpu'), sum('memoryInGB'), osType);
    if (state === 'refused') throw capacityMissing(message);
    return message;
  }
}

function checkLocation({ id, name, body }: ContainerGroup, location: string): void {
  if (body.location === location) return;
  throw new ArmError(
    409,
    'InvalidResourceLocation',
    `The resource '${name}' already exists in location '${body.location}' in resource group '${partOf(id, 'resourceGroups')}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
  );
}
