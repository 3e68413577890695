import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { OperationState } from '../operations';
import { nameOf } from '../resourceId';
import { type ContainerAnswer, type ContainerImage, type ContainerRequest, imageNamed } from './containerImages';
import { atSecond, containerAt, type ContainerRun, type ContainerView, firstStartOf } from './containerTimeline';
import { addressOf, type GroupAddress } from './groupAddress';
import { type ContainerBody, type GroupBody, withoutSecrets } from './groupBody';

export const groupType = 'Microsoft.ContainerInstance/containerGroups';

interface LogLine {
  readonly container: string;
  readonly time: number;
  readonly text: string;
}

/** How long Azure looks for room before it gives up. */
const capacitySearchSeconds = 25;

/** A container group: what was asked for, and since when. Its state follows from the time. */
export class ContainerGroup {
  #body: GroupBody;
  #runs = new Map<string, ContainerRun>();
  #deployedAt = 0;
  #stoppedAt: number | undefined;
  #capacityFailure: string | undefined;
  #address: GroupAddress | undefined;
  readonly #lines: LogLine[] = [];
  /** In epoch milliseconds: when it is gone. */
  deletedAt: number | undefined;

  constructor(
    readonly id: string,
    body: GroupBody,
    private readonly images: ReadonlyMap<string, ContainerImage>,
    private readonly clock: { now(): number },
  ) {
    this.#body = body;
  }

  get name(): string {
    return nameOf(this.id);
  }

  /** As it was asked for last. */
  get body(): GroupBody {
    return this.#body;
  }

  get cores(): number {
    return this.#body.properties.containers.reduce((sum, { properties }) => sum + properties.resources.requests.cpu, 0);
  }

  /** Restarts all containers with these properties; with `capacityFailure`, fails after a while with this message because there is no capacity. */
  deploy(body: GroupBody = this.#body, capacityFailure?: string): void {
    const { restartPolicy = 'Always', containers, ipAddress } = body.properties;
    const labelOf = ({ properties }: GroupBody) => properties.ipAddress?.dnsNameLabel;
    if (!ipAddress) this.#address = undefined;
    else if (!this.#address || labelOf(body) !== labelOf(this.#body)) {
      this.#address = addressOf(this.id, body.location, ipAddress);
    }
    this.#body = body;
    this.#deployedAt = this.clock.now();
    this.#stoppedAt = undefined;
    this.#capacityFailure = capacityFailure;
    const runOf = ({
      properties: { image: reference, livenessProbe, readinessProbe },
    }: ContainerBody): ContainerRun => ({
      reference,
      image: imageNamed(this.images, reference),
      restartPolicy,
      ...(livenessProbe && { livenessProbe }),
      ...(readinessProbe && { readinessProbe }),
      deployedAt: this.#deployedAt,
    });
    this.#runs = new Map(containers.map((container) => [container.name, runOf(container)]));
  }

  isSame(body: GroupBody): boolean {
    return isDeepStrictEqual(this.#body, body);
  }

  setTags(tags: Readonly<Record<string, string>>): void {
    this.#body = { ...this.#body, tags };
  }

  stop(): void {
    this.#stoppedAt = this.clock.now();
  }

  get isStopped(): boolean {
    return this.#stoppedAt !== undefined;
  }

  get isTransitioning(): boolean {
    return this.deletedAt !== undefined || this.provisioningState === 'Pending';
  }

  /** All containers have terminated and will not restart: the group can't be updated any more. */
  get isTerminated(): boolean {
    return !this.isStopped && this.#views().every(([, { isOver }]) => isOver);
  }

  get provisioningState(): 'Pending' | 'Succeeded' | 'Failed' {
    const now = this.clock.now();
    if (this.#capacityFailure !== undefined) {
      return now < this.#deployedAt + capacitySearchSeconds * 1000 ? 'Pending' : 'Failed';
    }
    return [...this.#runs.values()].some((run) => now < firstStartOf(run)) ? 'Pending' : 'Succeeded';
  }

  /** Its deployment, as an operation. */
  operationState(): OperationState {
    const status = this.provisioningState;
    const events = status === 'Failed' ? [this.#capacityEvent()] : this.#views().flatMap(([, view]) => view.events);
    return { status, properties: { events } };
  }

  /** What the resource tells of itself; lists leave out how it runs. */
  describe({ hasInstanceView = true } = {}): object {
    const { properties, identity, ...rest } = withoutSecrets(this.#body);
    const { sku, containers, ipAddress, ...others } = properties;
    const views = new Map(this.#views());
    const hasAddress = this.#address && this.provisioningState !== 'Failed' && this.clock.now() > this.#deployedAt;
    return {
      properties: {
        sku,
        provisioningState: this.provisioningState,
        provisioningTimeoutInSeconds: 1800,
        isCustomProvisioningTimeout: false,
        containers: containers.map((container) => ({
          ...container,
          properties: {
            ...container.properties,
            ...(hasInstanceView && instanceView(views.get(container.name))),
          },
        })),
        initContainers: [],
        ...others,
        ...(ipAddress && { ipAddress: { ...ipAddress, ...(hasAddress && this.#address) } }),
        ...(hasInstanceView && { instanceView: { events: this.#groupEvents(), state: this.#state() } }),
      },
      ...(identity && { identity: identityBody(this.id, identity) }),
      id: this.id,
      name: this.name,
      type: groupType,
      ...rest,
    };
  }

  /** Its host names and addresses, as long as it exists. */
  get hosts(): readonly string[] {
    const { ip, fqdn } = this.#address ?? {};
    return [ip, fqdn].filter((host) => host !== undefined);
  }

  /** What a container logged since its last start, oldest first; undefined before it ever started. */
  log(container: string): readonly Pick<LogLine, 'time' | 'text'>[] | undefined {
    const run = this.#runs.get(container);
    const startedAt = run && containerAt(run, this.#until()).startedAt;
    if (startedAt === undefined) return undefined;
    const first = (run?.image.log ?? []).map((text, index) => ({ time: startedAt + index, text }));
    return [...first, ...this.#lines.filter((line) => line.container === container && line.time >= startedAt)];
  }

  /** What a request to one of its ports gets; undefined while nobody is there to answer. */
  async answer(port: number, request: ContainerRequest): Promise<ContainerAnswer | undefined> {
    const { containers } = this.#body.properties;
    const container =
      containers.find(({ properties }) => properties.ports?.some((each) => each.port === port)) ?? containers[0];
    const run = container && this.#runs.get(container.name);
    if (!container || !run || this.isStopped || this.deletedAt !== undefined || this.#capacityFailure !== undefined) {
      return undefined;
    }
    if (!containerAt(run, this.clock.now()).isReady) return undefined;
    const variables = container.properties.environmentVariables ?? [];
    const environment = variables.map(({ name, value, secureValue }) => [name, value ?? secureValue ?? '']);
    const answer = run.image.answer ?? greet;
    return answer(request, {
      environment: Object.fromEntries(environment) as Record<string, string>,
      log: (text) => this.#lines.push({ container: container.name, time: this.clock.now(), text }),
    });
  }

  /** The time up to which containers ran. */
  #until(): number {
    return this.#stoppedAt ?? this.clock.now();
  }

  #views(): readonly (readonly [string, ContainerView])[] {
    if (this.#capacityFailure !== undefined) return [];
    return [...this.#runs].map(([name, run]) => [name, this.#stopped(containerAt(run, this.#until()))]);
  }

  #stopped(view: ContainerView): ContainerView {
    if (this.#stoppedAt === undefined || view.currentState.state === 'Terminated') return view;
    const finishTime = new Date(this.#stoppedAt).toISOString();
    const { startTime = finishTime } = view.currentState;
    return {
      ...view,
      isReady: false,
      currentState: { state: 'Terminated', startTime, exitCode: 0, finishTime, detailStatus: 'Completed' },
    };
  }

  #state(): string {
    if (this.isStopped) return 'Stopped';
    if (this.provisioningState !== 'Succeeded') return this.provisioningState;
    const views = this.#views().map(([, view]) => view);
    if (!views.every(({ isOver }) => isOver)) return 'Running';
    return views.some(({ currentState }) => currentState.exitCode !== 0) ? 'Failed' : 'Succeeded';
  }

  #groupEvents(): readonly object[] {
    return this.provisioningState === 'Failed' ? [this.#capacityEvent()] : [];
  }

  #capacityEvent(): object {
    const time = atSecond(this.#deployedAt + capacitySearchSeconds * 1000);
    return {
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
      name: 'InsufficientCapacity.',
      message: this.#capacityFailure,
      type: 'Warning',
    };
  }
}

/** Nothing before the image is pulled. */
function instanceView(view: ContainerView | undefined): object {
  if (!view || view.events.length === 0) return {};
  const { restartCount, currentState, previousState, events } = view;
  return { instanceView: { restartCount, currentState, ...(previousState && { previousState }), events } };
}

/** With the ids that Azure adds to identities. */
function identityBody(
  groupId: string,
  { type = '', userAssignedIdentities }: NonNullable<GroupBody['identity']>,
): object {
  const hex = (words: string) => createHash('sha256').update(words).digest('hex');
  const guid = (words: string) => hex(words).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
  const own = /SystemAssigned/i.test(type) && { principalId: guid(`${groupId}/principal`), tenantId: guid('tenant') };
  const identities = Object.keys(userAssignedIdentities ?? {}).map((id) => [
    id,
    { principalId: guid(`${id}/principal`), clientId: guid(`${id}/client`) },
  ]);
  return {
    type,
    ...own,
    ...(userAssignedIdentities && {
      userAssignedIdentities: Object.fromEntries(identities) as Record<string, object>,
    }),
  };
}

const greet = (): ContainerAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('It works.\n'),
});
