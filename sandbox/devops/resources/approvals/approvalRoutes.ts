import { argumentInvalid, argumentMissing } from '../../organizationError';
import { objectIn, requiredText, textAt } from '../../rest/requestBody';
import { listOf, location, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { personView } from '../person';
import { approvalNotFound } from '../resourceErrors';
import { Approvals, type Approval, type ApprovalStep } from './approvals';

/** What runs wait for, and the answers of approvers. */
export function addApprovalRoutes(router: Router): void {
  router.add({
    location: location(
      '37794717-f36f-4d78-b2bf-4dc30d0cfbcd',
      'approval',
      'approvals',
      '{project}/_apis/pipelines/{resource}/{approvalId}',
      [2, '5.1', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) => (request.parameters['approvalId'] === undefined ? list(request) : read(request)),
      PATCH: decide,
    },
    scopes: { GET: 'vso.build', PATCH: 'vso.build_execute' },
  });
}

function list(request: DevopsRequest): Reply {
  const { organization, project, query } = request;
  const ids = query.get('approvalIds')?.toLowerCase().split(',');
  const userIds = query.get('userIds')?.toLowerCase().split(',');
  const state = query.get('state')?.toLowerCase();
  const found = organization
    .of(Approvals)
    .ofProject(project?.id ?? '')
    .filter(({ id }) => ids?.includes(id) ?? true)
    .filter(({ status }) => state === undefined || state === 'all' || status.toLowerCase() === state)
    .filter(({ steps }) => userIds === undefined || steps.some((step) => userIds.includes(step.assignedApproverId)));
  const top = Number(query.get('top') ?? found.length);
  return listOf(found.slice(0, top).map((approval) => approvalView(request, approval, hasSteps(request))));
}

const hasSteps = ({ query }: DevopsRequest): boolean => query.get('$expand')?.toLowerCase() === 'steps';

function read(request: DevopsRequest): Reply {
  return ok(approvalView(request, find(request, request.parameters['approvalId'] ?? ''), hasSteps(request)));
}

function decide(request: DevopsRequest): Reply {
  const { organization, caller, body } = request;
  if (!Array.isArray(body)) throw argumentMissing('updateParameters');
  const decisions = body.map((item) => {
    const parameters = objectIn(item, 'updateParameters');
    const status = (textAt(parameters, 'status') ?? '').toLowerCase();
    if (status !== 'approved' && status !== 'rejected')
      throw argumentInvalid('status', `An approval can be approved or rejected, not '${status}'.`);
    const approval = find(request, requiredText(parameters, 'approvalId'));
    return { approval, status, comment: textAt(parameters, 'comment') ?? '' } as const;
  });
  for (const { approval, status, comment } of decisions)
    organization.of(Approvals).decide(approval, status, comment, caller.identity);
  return listOf(decisions.map(({ approval }) => approvalView(request, approval, true)));
}

function find({ organization, project }: DevopsRequest, id: string): Approval {
  const approval = organization.of(Approvals).byId(project?.id ?? '', id);
  if (!approval) throw approvalNotFound(id);
  return approval;
}

function approvalView(request: DevopsRequest, approval: Approval, withSteps: boolean): object {
  const { organization, project } = request;
  const { id, status, steps } = approval;
  return {
    id,
    steps: withSteps ? steps.map((step) => stepView(request, step)) : [],
    status,
    createdOn: organization.time(approval.createdOn),
    lastModifiedOn: organization.time(approval.lastModifiedOn),
    executionOrder: approval.isInSequence ? 'inSequence' : 'anyOrder',
    minRequiredApprovers: approval.minRequiredApprovers,
    blockedApprovers: approval.blockedApproverIds.map((each) => personView(organization, each)),
    instructions: approval.instructions,
    _links: { self: { href: organization.url(`${project?.id ?? ''}/_apis/pipelines/approvals/${id}`) } },
    pipeline: { owner: { id: approval.buildId } },
  };
}

function stepView({ organization }: DevopsRequest, step: ApprovalStep): object {
  const { actualApproverId, status, comment, order } = step;
  return {
    assignedApprover: personView(organization, step.assignedApproverId),
    ...(actualApproverId !== undefined && { actualApprover: personView(organization, actualApproverId) }),
    status,
    comment,
    lastModifiedOn: organization.time(step.lastModifiedOn),
    order,
    lastModifiedBy: personView(organization, actualApproverId ?? step.assignedApproverId),
    initiatedOn: organization.time(step.initiatedOn),
    history: [],
  };
}
