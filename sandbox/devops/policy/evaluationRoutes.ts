import type { OrganizationState } from '../organizationState';
import { argumentMissing } from '../organizationError';
import { type DevopsRequest, listOf, location, ok, type Reply, type Route } from '../rest/route';
import { evaluations, type EvaluationStatus } from './evaluate';
import type { EvaluatedPullRequest } from './evaluatedPullRequest';
import { evaluationNotFound } from './policyErrors';
import { type PolicyConfiguration, PolicyStore } from './policyStore';
import { policyTypeIds } from './policyTypes';
import { configurationView } from './policyViews';

export const evaluationRoutes: readonly Route[] = [
  {
    location: location(
      'c23ddff5-229c-4d04-a80b-0fdce9f360c8',
      'policy',
      'evaluations',
      '{project}/_apis/{area}/{resource}',
      [1, '2.0', '7.2', '0.0'],
    ),
    handlers: { GET: listEvaluations },
    scopes: { GET: 'vso.code' },
  },
  {
    location: location(
      '46aecb7a-5d2c-4647-897b-0209505a9fe4',
      'policy',
      'evaluations',
      '{project}/_apis/{area}/{resource}/{evaluationId}',
      [1, '2.0', '7.2', '0.0'],
    ),
    handlers: { GET: readEvaluation, PATCH: requeueEvaluation },
    scopes: { GET: 'vso.code', PATCH: 'vso.code_write' },
  },
];

/** `vstfs:///CodeReview/CodeReviewId/{project}/{pull request}`. */
function listEvaluations({ organization, query, project }: DevopsRequest): Reply {
  const artifactId = query.get('artifactId');
  if (artifactId === null) throw argumentMissing('artifactId');
  const [, projectId = '', id = ''] =
    /^vstfs:\/\/\/CodeReview\/CodeReviewId\/([\da-f-]+)(?:\/|%2f)(\d+)$/i.exec(artifactId) ?? [];
  const policies = organization.of(PolicyStore);
  const pullRequest =
    projectId.toLowerCase() === project?.id ? policies.findPullRequest(project.id, Number(id)) : undefined;
  if (!pullRequest) return listOf([]);
  const isNeeded = ({ status }: { readonly status: EvaluationStatus }) =>
    status !== 'notApplicable' || query.get('includeNotApplicable')?.toLowerCase() === 'true';
  const applying = policies.applying(pullRequest.repository, pullRequest.targetRefName);
  return listOf(
    evaluations(organization, applying, pullRequest)
      .filter(isNeeded)
      .map(({ configuration, status }) => evaluationView(organization, pullRequest, configuration, status)),
  );
}

function readEvaluation(request: DevopsRequest): Reply {
  const { pullRequest, found } = findEvaluation(request);
  return ok(evaluationView(request.organization, pullRequest, found.configuration, found.status));
}

/** Asks for another evaluation: of builds, for another build; of all others, every read is one. */
function requeueEvaluation(request: DevopsRequest): Reply {
  const { pullRequest, found } = findEvaluation(request);
  const definitionId = buildOf(found.configuration);
  if (definitionId !== undefined) request.organization.hooks.requeueBuild(pullRequest, definitionId);
  return readEvaluation(request);
}

/** The pipeline of build validation. */
const buildOf = ({ type, settings }: PolicyConfiguration): number | undefined =>
  type.id === policyTypeIds.build ? Number(settings.values['buildDefinitionId']) : undefined;

/** @throws OrganizationError */
function findEvaluation({ organization, parameters, project }: DevopsRequest) {
  const id = parameters['evaluationId'] ?? '';
  const policies = organization.of(PolicyStore);
  const key = policies.evaluationKey(id);
  const pullRequest = key && project && policies.findPullRequest(project.id, key.pullRequestId);
  const found =
    pullRequest &&
    evaluations(organization, policies.applying(pullRequest.repository, pullRequest.targetRefName), pullRequest).find(
      ({ configuration }) => configuration.id === key.configurationId,
    );
  if (!found) throw evaluationNotFound(id);
  return { pullRequest, found };
}

function evaluationView(
  organization: OrganizationState,
  pullRequest: EvaluatedPullRequest,
  configuration: PolicyConfiguration,
  status: EvaluationStatus,
) {
  const { projectId } = pullRequest.repository;
  const evaluationId = organization.of(PolicyStore).evaluationId(pullRequest.id, configuration.id);
  const definitionId = buildOf(configuration);
  const buildId = definitionId === undefined ? undefined : organization.hooks.buildOfPolicy(pullRequest, definitionId);
  const isOver = status !== 'queued' && status !== 'running';
  return {
    configuration: configurationView(organization, configuration),
    artifactId: `vstfs:///CodeReview/CodeReviewId/${projectId}/${pullRequest.id}`,
    evaluationId,
    startedDate: organization.time(pullRequest.createdAt),
    ...(isOver && { completedDate: organization.time() }),
    status,
    ...(definitionId !== undefined && {
      context: { buildDefinitionId: definitionId, ...(buildId !== undefined && { buildId }) },
    }),
    _links: { self: { href: organization.url(`${projectId}/_apis/policy/evaluations/${evaluationId}`) } },
  };
}
