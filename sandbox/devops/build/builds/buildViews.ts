import type { OrganizationState } from '../../organizationState';
import { personView } from '../../resources/person';
import { definitionReference, projectView, repositoryReference } from '../definitions/definitionViews';
import { Queues } from '../pools/queues';
import type { Build } from './build';
import { Builds } from './builds';
import type { TimelineRecord } from './timeline';

/** As lists and reads show a run. */
export function buildView(state: OrganizationState, build: Build): object {
  const { id, projectId, definition, planId, result } = build;
  const home = state.url(projectId);
  const url = `${home}/_apis/build/Builds/${id}`;
  return {
    _links: {
      self: { href: url },
      web: { href: `${home}/_build/results?buildId=${id}` },
      sourceVersionDisplayUri: { href: `${home}/_apis/build/builds/${id}/sources` },
      timeline: { href: `${home}/_apis/build/builds/${id}/Timeline` },
      badge: { href: `${home}/_apis/build/status/${definition.id}` },
    },
    properties: {},
    tags: [...build.tags],
    validationResults: build.validationResults,
    plans: [{ planId }],
    triggerInfo: build.triggerInfo,
    ...(Object.keys(build.parameters).length > 0 && { templateParameters: build.parameters }),
    id,
    buildNumber: build.buildNumber,
    status: build.status,
    ...(result !== undefined && { result }),
    queueTime: state.time(build.queueTime),
    ...(build.startTime !== undefined && { startTime: state.time(build.startTime) }),
    ...(build.finishTime !== undefined && { finishTime: state.time(build.finishTime) }),
    url,
    definition: definitionReference(state, definition),
    buildNumberRevision: build.buildNumberRevision,
    project: projectView(state, projectId),
    uri: `vstfs:///Build/Build/${id}`,
    sourceBranch: build.sourceBranch,
    sourceVersion: build.sourceVersion,
    ...queueOf(state, build),
    priority: build.priority,
    reason: build.reason,
    requestedFor: personView(state, build.requestedForId),
    requestedBy: personView(state, build.requestedById),
    lastChangedDate: state.time(build.lastChangedOn),
    lastChangedBy: personView(state, build.lastChangedById),
    ...(Object.keys(build.variables).length > 0 && { parameters: JSON.stringify(build.variables) }),
    orchestrationPlan: { planId },
    logs: { id: 0, type: 'Container', url: `${home}/_apis/build/builds/${id}/logs` },
    repository: {
      ...repositoryReference(state, definition.content.repository.id),
      clean: null,
      checkoutSubmodules: false,
    },
    keepForever: build.keepForever,
    retainedByRelease: false,
    triggeredByBuild: triggeredBy(state, build),
    appendCommitMessageToRunName: true,
  };
}

function queueOf(state: OrganizationState, { projectId, queueId }: Build): object {
  const queue = queueId === undefined ? undefined : state.of(Queues).byId(projectId, queueId);
  if (!queue) return {};
  const { id, name, isHosted } = queue.pool;
  return { queue: { id: queue.id, name: queue.name, pool: { id, name, isHosted } } };
}

function triggeredBy(state: OrganizationState, { projectId, triggeredById }: Build): object | null {
  const build = triggeredById === undefined ? undefined : state.of(Builds).byId(projectId, triggeredById);
  if (!build) return null;
  return {
    id: build.id,
    buildNumber: build.buildNumber,
    url: state.url(`${projectId}/_apis/build/Builds/${build.id}`),
    definition: definitionReference(state, build.definition),
  };
}

/** The stages, checks, jobs and tasks of a run; the id of an approval is that of its record. */
export function timelineView(state: OrganizationState, build: Build): object {
  const url = state.url(`${build.projectId}/_apis/build/builds/${build.id}/Timeline/${build.planId}`);
  return {
    records: build.records.map((record) => recordView(state, record)),
    lastChangedBy: build.lastChangedById,
    lastChangedOn: state.time(build.lastChangedOn),
    id: build.planId,
    changeId: build.records.length,
    url,
  };
}

function recordView(state: OrganizationState, record: TimelineRecord): object {
  const {
    id,
    type,
    name,
    identifier,
    order,
    startTime,
    finishTime,
    parentId,
    result,
    issues,
    state: progress,
  } = record;
  const time = (milliseconds: number | undefined): string | null =>
    milliseconds === undefined ? null : state.time(milliseconds);
  const count = (wanted: string): number => issues.filter(({ type }) => type === wanted).length;
  return {
    previousAttempts: [],
    ...{ id, type, name, identifier, order },
    parentId: parentId ?? null,
    startTime: time(startTime),
    finishTime: time(finishTime),
    currentOperation: null,
    percentComplete: null,
    state: progress,
    result: result ?? null,
    resultCode: null,
    changeId: 1,
    lastModified: time(finishTime ?? startTime) ?? state.time(),
    workerName: null,
    errorCount: count('error'),
    warningCount: count('warning'),
    url: null,
    log: null,
    task: null,
    attempt: 1,
    ...(issues.length > 0 && { issues }),
  };
}
