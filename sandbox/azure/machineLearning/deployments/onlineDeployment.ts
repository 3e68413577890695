import type { OperationFailure } from '../../operations';
import { type Change, type ChangeKind, Changes } from '../changes';
import { noLogs, type LogSource, logsNotYet, serverLog, storageLog } from './deploymentLog';
import type { DeploymentBehaviour, Stage } from './behaviours';
import { type DeploymentBody, filledSettings } from './deploymentBody';
import type { RunningModel } from '../scoring/runningModel';

/** How a deployment is going to end, and what runs in it then. */
export interface RollOut {
  readonly body: DeploymentBody;
  readonly seconds: number;
  readonly failsAt?: Stage;
  readonly failure?: OperationFailure;
  readonly behaviour: DeploymentBehaviour;
  readonly image: string;
  /** Where an own container takes requests. */
  readonly scoringPath?: string;
  readonly modelName: string;
  /** The lines that its container has written; it goes on adding to them. */
  readonly lines: string[];
  readonly model?: RunningModel;
}

/** A deployment of an endpoint. */
export class OnlineDeployment {
  readonly changes: Changes;
  readonly createdAt: number;
  /** Requests that have come by traffic or header, and copies of requests to others. */
  readonly counts = { answered: 0, mirrored: 0 };
  /** Requests that wait for an answer. */
  requestsInFlight = 0;
  #body: DeploymentBody;
  #latest: { readonly rollOut: RollOut; readonly change: Change } | undefined;
  #serving: { readonly rollOut: RollOut; readonly since: number } | undefined;

  constructor(
    readonly id: string,
    readonly name: string,
    readonly location: string,
    body: DeploymentBody,
    private readonly clock: { now(): number },
  ) {
    this.changes = new Changes(clock);
    this.createdAt = clock.now();
    this.#body = body;
  }

  /** What was asked for last, with the capacity that there is. */
  get body(): DeploymentBody {
    this.changes.settle();
    return this.#body;
  }

  set body(body: DeploymentBody) {
    this.changes.settle();
    this.#body = body;
  }

  /** Creates it, or changes it in place: what served before serves until the change has succeeded. */
  rollOut(kind: ChangeKind, rollOut: RollOut): Change {
    this.body = rollOut.body;
    const change = this.changes.begin(kind, rollOut.seconds, {
      apply: () => this.#serve({ rollOut, since: change.endsAt }),
      ...(rollOut.failure && { failure: rollOut.failure }),
    });
    this.#latest = { rollOut, change };
    return change;
  }

  scale(capacity: number, seconds: number): Change {
    return this.changes.begin('scale', seconds, { apply: () => (this.body = { ...this.body, capacity }) });
  }

  /** What answers requests now, and since when; undefined before the first success. */
  get serving(): { readonly rollOut: RollOut; readonly since: number } | undefined {
    return this.changes.hasSucceeded ? this.#serving : undefined;
  }

  /** Failed before it ever served: nothing but a deletion helps. */
  get isUnrecoverable(): boolean {
    return this.changes.last !== undefined && !this.changes.hasSucceeded;
  }

  get isGone(): boolean {
    const { deletion } = this.changes;
    return deletion !== undefined && deletion.endsAt <= this.clock.now();
  }

  describe(hasSucceeded = this.changes.hasSucceeded): object {
    const { id, name, location, body, createdAt } = this;
    const { sent } = body;
    const at = new Date(createdAt).toISOString();
    return {
      id,
      name,
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments',
      kind: body.endpointComputeType === 'Managed' ? 'Managed' : 'K8S',
      location,
      tags: body.tags,
      identity: null,
      sku: { name: 'Default', tier: 'Standard', capacity: body.capacity },
      properties: {
        endpointComputeType: body.endpointComputeType,
        provisioningState: this.changes.provisioningState,
        model: body.model ?? null,
        modelMountPath: sent['modelMountPath'] ?? null,
        codeConfiguration: sent['codeConfiguration'] ?? null,
        environmentId: body.environmentId ?? null,
        environmentVariables: body.environmentVariables,
        description: sent['description'] ?? null,
        instanceType: body.instanceType,
        ...filledSettings(body, hasSucceeded),
        ...(sent['containerResourceRequirements'] !== undefined && {
          containerResourceRequirements: sent['containerResourceRequirements'],
        }),
        ...(sent['dataCollector'] !== undefined && { dataCollector: sent['dataCollector'] }),
        properties: body.ownProperties,
      },
      systemData: { createdAt: at, createdByType: 'Application', lastModifiedAt: at },
    };
  }

  /** The text that stands for the log of one of its containers now. */
  logOf(containerType: 'InferenceServer' | 'StorageInitializer', tail: number, logsDelaySeconds: number): string {
    const { running, last } = this.changes;
    if (running?.kind === 'create' || running?.kind === 'delete' || !this.#latest) return logsNotYet;
    if (last && this.clock.now() < last.endsAt + logsDelaySeconds * 1000) return noLogs;
    const { rollOut, change } = this.#latest;
    const source: LogSource = {
      startedAt: change.startsAt,
      endedAt: change.endsAt,
      image: rollOut.image,
      lines: rollOut.lines,
      modelName: rollOut.modelName,
      ...(rollOut.failsAt && { failsAt: rollOut.failsAt }),
    };
    return containerType === 'InferenceServer' ? serverLog(source, tail) : storageLog(source, tail);
  }

  /** Ends what runs in it. */
  async close(): Promise<void> {
    await Promise.all([this.#latest?.rollOut.model?.close(), this.#serving?.rollOut.model?.close()]);
  }

  #serve(serving: { readonly rollOut: RollOut; readonly since: number }): void {
    const before = this.#serving?.rollOut.model;
    this.#serving = serving;
    // The container that is replaced has nothing left to say.
    void before?.close();
  }
}
