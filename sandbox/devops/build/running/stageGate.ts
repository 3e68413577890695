import type { OrganizationState } from '../../organizationState';
import { Approvals } from '../../resources/approvals/approvals';
import { Changes } from '../../resources/changes';
import { CheckConfigurations, checkTypes, type CheckConfiguration } from '../../resources/checks/checkConfigurations';
import { PipelinePermissions } from '../../resources/permissions/pipelinePermissions';
import { resourceKey, type ProtectedResource } from '../../resources/protection';
import type { Build } from '../builds/build';
import { addRecord, stageRecord, type TimelineRecord } from '../builds/timeline';
import type { StageAdmission } from './pipelineRunner';
import { evaluateTaskCheck } from './taskChecks';

/** Holds stages back until their pipeline may use what they name, and until the checks of that are passed. */
export class StageGate {
  /** Builds that hold the exclusive lock of a resource, by its key. */
  readonly #locks = new Map<string, Build>();

  constructor(private readonly state: OrganizationState) {}

  /** Resolves when the stage may run, or when it is clear that it will not. */
  async admit(build: Build, stage: string, resources: readonly ProtectedResource[]): Promise<StageAdmission> {
    const parent = stageRecord(build.records, stage);
    const checkpoint = this.#add(build, parent, 'Checkpoint', 'Checkpoint');
    const admission = await this.#decide(build, checkpoint, resources);
    this.#end(checkpoint, admission === 'admitted');
    return admission;
  }

  /** Gives back what the stage of a run has locked: stages of a run do not overlap. */
  release(build: Build): void {
    for (const [key, holder] of this.#locks) if (holder === build) this.#locks.delete(key);
    this.state.of(Changes).notify();
  }

  async #decide(
    build: Build,
    checkpoint: TimelineRecord,
    resources: readonly ProtectedResource[],
  ): Promise<StageAdmission> {
    if (!(await this.#authorize(build, checkpoint, resources))) return canceled;
    const checks = resources.flatMap((resource) =>
      this.state.of(CheckConfigurations).ofResource(build.projectId, resource),
    );
    for (const check of checks.filter(
      ({ type }) => type.id === checkTypes.task.id || type.id === checkTypes.extends.id,
    )) {
      const problem = evaluateTaskCheck(check, build, this.state.clock.now());
      this.#end(this.#add(build, checkpoint, 'Checkpoint.TaskCheck', check.type.name), problem === undefined);
      if (problem !== undefined) return { result: 'Failed', note: problem };
    }
    const approval = await this.#approve(build, checkpoint, checks);
    if (approval !== 'admitted') return approval;
    return this.#lock(build, checkpoint, checks);
  }

  /** Waits for permissions: "This pipeline needs permission to access a resource before this run can continue". */
  async #authorize(
    build: Build,
    checkpoint: TimelineRecord,
    resources: readonly ProtectedResource[],
  ): Promise<boolean> {
    const record = this.#add(build, checkpoint, 'Checkpoint.Authorization', 'Checkpoint.Authorization');
    const permissions = this.state.of(PipelinePermissions);
    const missing = (): readonly ProtectedResource[] =>
      resources.filter((resource) => !permissions.permits(build.projectId, resource, build.definition.id));
    record.issues = missing().map(({ type, id }) => ({
      type: 'warning',
      message: `This pipeline needs permission to access a resource before this run can continue: ${type} ${id}`,
    }));
    const isPermitted = await this.#until(build, () => missing().length === 0);
    record.issues = [];
    this.#end(record, isPermitted);
    return isPermitted;
  }

  /** All approvals are asked for at once. */
  async #approve(
    build: Build,
    checkpoint: TimelineRecord,
    checks: readonly CheckConfiguration[],
  ): Promise<StageAdmission> {
    const store = this.state.of(Approvals);
    const asked = checks
      .filter(({ type }) => type.id === checkTypes.approval.id)
      .map((check) => {
        const approval = store.request(check, build.id, build.requestedForId);
        return {
          approval,
          record: this.#add(build, checkpoint, 'Checkpoint.Approval', 'Checkpoint.Approval', approval.id),
        };
      });
    await this.#until(
      build,
      () => asked.every(({ approval }) => approval.status !== 'pending') || asked.some(isRefused),
    );
    for (const { approval, record } of asked) {
      if (approval.status === 'pending') store.cancel(approval);
      this.#end(record, approval.status === 'approved');
    }
    if (build.cancellation.signal.aborted) return canceled;
    const refused = asked.find(isRefused);
    return refused
      ? { result: 'Failed', note: `The approval ${refused.approval.id} is ${refused.approval.status}.` }
      : 'admitted';
  }

  /** One run at a time uses the resource; others wait in the order in which they came. */
  async #lock(
    build: Build,
    checkpoint: TimelineRecord,
    checks: readonly CheckConfiguration[],
  ): Promise<StageAdmission> {
    const keys = checks
      .filter(({ type }) => type.id === checkTypes.exclusiveLock.id)
      .map(({ projectId, resource }) => `${projectId}/${resourceKey(resource)}`);
    for (const key of new Set(keys)) {
      const record = this.#add(build, checkpoint, 'Checkpoint.ExclusiveLock', 'Checkpoint.ExclusiveLock');
      const isFree = await this.#until(build, () => [undefined, build].includes(this.#locks.get(key)));
      this.#end(record, isFree);
      if (!isFree) return canceled;
      this.#locks.set(key, build);
    }
    return 'admitted';
  }

  /** False when the run is cancelled first. */
  async #until({ cancellation: { signal } }: Build, holds: () => boolean): Promise<boolean> {
    while (!holds()) {
      if (signal.aborted) return false;
      await this.state.of(Changes).next();
    }
    return !signal.aborted;
  }

  #add(
    build: Build,
    parent: TimelineRecord | undefined,
    type: TimelineRecord['type'],
    name: string,
    id?: string,
  ): TimelineRecord {
    const record = addRecord(build.records, () => this.state.newId(), {
      parent,
      type,
      name,
      ...(id !== undefined && { id }),
    });
    return Object.assign(record, { state: 'inProgress', startTime: this.state.clock.now() });
  }

  #end(record: TimelineRecord, isPassed: boolean): void {
    const result = isPassed ? 'succeeded' : 'failed';
    Object.assign(record, { state: 'completed', result, finishTime: this.state.clock.now() });
  }
}

const canceled: StageAdmission = { result: 'Canceled', note: 'The run was canceled.' };

const isRefused = ({ approval: { status } }: { readonly approval: { readonly status: string } }): boolean =>
  ['rejected', 'timedOut', 'canceled'].includes(status);
