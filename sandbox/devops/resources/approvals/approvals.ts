import type { Identity } from '../../identities/identity';
import type { OrganizationState } from '../../organizationState';
import { flagAt, isObject, listAt, numberAt, textAt } from '../../rest/requestBody';
import { Changes } from '../changes';
import type { CheckConfiguration } from '../checks/checkConfigurations';
import { isSeenBy, type ProtectedResource } from '../protection';
import { approvalDecided, approvalNotPermitted } from '../resourceErrors';

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'skipped' | 'canceled' | 'timedOut';

export interface ApprovalStep {
  readonly assignedApproverId: string;
  actualApproverId: string | undefined;
  status: ApprovalStatus;
  comment: string;
  readonly order: number;
  readonly initiatedOn: number;
  lastModifiedOn: number;
}

/** What a stage of a run waits for. */
export interface Approval {
  readonly id: string;
  readonly projectId: string;
  readonly buildId: number;
  /** What is to be used. */
  readonly resource: ProtectedResource;
  readonly steps: readonly ApprovalStep[];
  status: ApprovalStatus;
  readonly createdOn: number;
  lastModifiedOn: number;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly isInSequence: boolean;
  readonly minRequiredApprovers: number;
  readonly instructions: string;
  readonly blockedApproverIds: readonly string[];
  /** Who may not approve, because the run is theirs. */
  readonly excludedId: string | undefined;
}

/** The approvals of all runs. */
export class Approvals {
  readonly #approvals = new Map<string, Approval>();

  constructor(private readonly state: OrganizationState) {}

  ofProject(projectId: string): readonly Approval[] {
    this.#expire();
    return [...this.#approvals.values()].filter((each) => each.projectId === projectId);
  }

  byId(projectId: string, id: string): Approval | undefined {
    return this.ofProject(projectId).find((each) => each.id === id.toLowerCase());
  }

  /** Asks the approvers of a check; the run is of `requesterId`. */
  request(
    { projectId, resource, settings, timeout }: CheckConfiguration,
    buildId: number,
    requesterId: string,
  ): Approval {
    const now = this.state.clock.now();
    const idsAt = (key: string): string[] =>
      listAt(settings, key)
        .filter(isObject)
        .map((each) => textAt(each, 'id') ?? '');
    const approverIds = idsAt('approvers');
    const minimum = numberAt(settings, 'minRequiredApprovers') ?? 0;
    const approval: Approval = {
      id: this.state.newId(),
      projectId,
      buildId,
      resource,
      steps: approverIds.map((assignedApproverId, index) => ({
        assignedApproverId,
        actualApproverId: undefined,
        status: 'pending',
        comment: '',
        order: index + 1,
        initiatedOn: now,
        lastModifiedOn: now,
      })),
      status: 'pending',
      createdOn: now,
      lastModifiedOn: now,
      deadline: now + timeout * 60_000,
      isInSequence: textAt(settings, 'executionOrder')?.toLowerCase() === 'insequence',
      minRequiredApprovers: minimum === 0 ? approverIds.length : minimum,
      instructions: textAt(settings, 'instructions') ?? '',
      blockedApproverIds: idsAt('blockedApprovers'),
      excludedId: flagAt(settings, 'requesterCannotBeApprover') === true ? requesterId : undefined,
    };
    this.#approvals.set(approval.id, approval);
    return approval;
  }

  /** @throws OrganizationError when it is decided already, or the caller is not one of its approvers */
  decide(approval: Approval, status: 'approved' | 'rejected', comment: string, approver: Identity): void {
    if (approval.status !== 'pending') throw approvalDecided(approval.id, approval.status);
    const step = this.#stepOf(approval, approver);
    if (!step) throw approvalNotPermitted(approver.displayName, approval.id);
    const now = this.state.clock.now();
    Object.assign(step, { status, comment, actualApproverId: approver.id, lastModifiedOn: now });
    const count = approval.steps.filter((each) => each.status === 'approved').length;
    if (status === 'rejected') this.#end(approval, 'rejected');
    else if (count >= approval.minRequiredApprovers) this.#end(approval, 'approved');
    approval.lastModifiedOn = now;
  }

  cancel(approval: Approval): void {
    if (approval.status === 'pending') this.#end(approval, 'canceled');
  }

  /**
   * Any member of a group decides for it. In a sequence it is the turn of the first who has not decided. Who cannot see the
   * resource has nothing to approve (Azure/ALZ-PowerShell-Module#310).
   */
  #stepOf(
    { projectId, resource, steps, isInSequence, blockedApproverIds, excludedId }: Approval,
    approver: Identity,
  ): ApprovalStep | undefined {
    if (!isSeenBy(this.state, approver, projectId, resource)) return undefined;
    if (approver.id === excludedId || blockedApproverIds.includes(approver.id)) return undefined;
    const ids = this.state.identities.closureOf(approver).map(({ id }) => id);
    const open = steps.filter((step) => step.status === 'pending');
    return (isInSequence ? open.slice(0, 1) : open).find((step) => ids.includes(step.assignedApproverId));
  }

  #end(approval: Approval, status: ApprovalStatus): void {
    const now = this.state.clock.now();
    Object.assign(approval, { status, lastModifiedOn: now });
    for (const step of approval.steps) {
      if (step.status === 'pending') Object.assign(step, { status: 'skipped', lastModifiedOn: now });
    }
    this.state.of(Changes).notify();
  }

  /** Those whose time is up; seen at the next request that reads approvals or runs. */
  #expire(): void {
    const now = this.state.clock.now();
    for (const approval of this.#approvals.values()) {
      if (approval.status === 'pending' && approval.deadline <= now) this.#end(approval, 'timedOut');
    }
  }
}
