import { argumentMissing } from '../../organizationError';
import { pageOf } from '../../rest/paging';
import { flagAt, isObject, numberAt, objectIn, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Handlers, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { Approvals } from '../../resources/approvals/approvals';
import { artifactNotFound, buildNotFound, buildOver } from '../buildErrors';
import { buildBits } from '../definitions/definition';
import { findDefinition, requireDefinition } from '../definitions/definitionRoutes';
import { BuildEngine } from '../running/buildEngine';
import type { Build } from './build';
import { Builds } from './builds';
import { buildView, timelineView } from './buildViews';

const released = (resourceVersion: number, minVersion: string) => [resourceVersion, minVersion, '7.2', '7.1'] as const;

/** Runs of pipelines, with their tags, timelines and logs. */
export function addBuildRoutes(router: Router): void {
  const add = (
    id: string,
    area: string,
    name: string,
    template: string,
    version: readonly [number, string],
    handlers: Handlers,
  ): void =>
    router.add({
      location: location(id, area, name, template, released(...version)),
      handlers,
      scopes: Object.fromEntries(
        Object.keys(handlers).map((method) => [method, method === 'GET' ? 'vso.build' : 'vso.build_execute']),
      ),
    });
  const builds = '{project}/_apis/{area}/builds/{buildId}';
  add(
    '0cd358e1-9217-4d94-8269-1c1ee6f93dcf',
    'Build',
    'Builds',
    '{project}/_apis/build/{resource}/{buildId}',
    [7, '1.0'],
    {
      GET: (request) =>
        request.parameters['buildId'] === undefined ? list(request) : ok(view(request, find(request))),
      POST: queue,
      PATCH: update,
      DELETE: remove,
    },
  );
  add('6e6114b2-8161-44c8-8f6c-c5505782427f', 'build', 'tags', `${builds}/{resource}/{*tag}`, [3, '2.0'], {
    GET: (request) => tagsOf(find(request)),
    POST: (request) => changeTags(request, { add: textsIn(request.body) }),
    PUT: (request) => changeTags(request, { add: [request.parameters['tag'] ?? ''] }),
    PATCH: (request) => {
      const body = objectIn(request.body, 'updateParameters');
      return changeTags(request, {
        add: textsIn(valueAt(body, 'tagsToAdd')),
        remove: textsIn(valueAt(body, 'tagsToRemove')),
      });
    },
    DELETE: (request) => changeTags(request, { remove: [request.parameters['tag'] ?? ''] }),
  });
  add('8baac422-4c6e-4de5-8532-db96d92acffa', 'build', 'Timeline', `${builds}/{resource}/{timelineId}`, [3, '2.0'], {
    GET: (request) => ok(timelineView(request.organization, find(request))),
  });
  add('35a80daf-7f30-45fc-86e8-6b813d9c90df', 'build', 'logs', `${builds}/{resource}/{logId}`, [2, '2.0'], {
    GET: readLogs,
  });
  add('1db06c96-014e-44e1-ac91-90b2d4b3e984', 'build', 'artifacts', `${builds}/{resource}/{artifactName}`, [5, '2.0'], {
    GET: readArtifacts,
  });
}

const view = ({ organization }: DevopsRequest, build: Build): object => buildView(organization, build);

/** @throws OrganizationError */
export function find({ organization, project, parameters: { buildId = '' } }: DevopsRequest): Build {
  // What waits for an approval whose time is up goes on when somebody looks.
  organization.of(Approvals).ofProject(project?.id ?? '');
  const build = organization.of(Builds).byId(project?.id ?? '', Number(buildId));
  if (!build) throw buildNotFound(buildId);
  return build;
}

function list(request: DevopsRequest): Reply {
  const { organization, project, query } = request;
  organization.of(Approvals).ofProject(project?.id ?? '');
  const words = (key: string): string[] | undefined =>
    query
      .get(key)
      ?.toLowerCase()
      .split(',')
      .map((each) => each.trim());
  const [definitions, ids, statuses, results, reasons, tags] = [
    words('definitions')?.map(Number),
    words('buildIds')?.map(Number),
    words('statusFilter'),
    words('resultFilter'),
    words('reasonFilter'),
    words('tagFilters'),
  ];
  const [branch, repository] = [query.get('branchName')?.toLowerCase(), query.get('repositoryId')?.toLowerCase()];
  const isAny = (wanted: readonly string[] | undefined, text: string): boolean =>
    wanted === undefined || wanted.includes('all') || wanted.includes(text.toLowerCase());
  const found = organization
    .of(Builds)
    .ofProject(project?.id ?? '')
    .filter(({ definition }) => definitions?.includes(definition.id) ?? true)
    .filter(({ id }) => ids?.includes(id) ?? true)
    .filter(
      ({ status, result, reason }) => isAny(statuses, status) && isAny(results, result ?? '') && isAny(reasons, reason),
    )
    .filter((each) => tags?.every((tag) => [...each.tags].some((own) => own.toLowerCase() === tag)) ?? true)
    .filter(({ sourceBranch }) => branch === undefined || sourceBranch.toLowerCase() === branch)
    .filter(({ definition }) => repository === undefined || definition.content.repository.id === repository)
    .sort((a, b) =>
      query.get('queryOrder')?.toLowerCase().endsWith('ascending') === true ? a.id - b.id : b.id - a.id,
    );
  const { page, headers } = pageOf(found, query);
  return listOf(
    page.map((build) => view(request, build)),
    headers,
  );
}

async function queue(request: DevopsRequest): Promise<Reply> {
  const { organization, caller, query } = request;
  const body = objectIn(request.body, 'build');
  const named = valueAt(body, 'definition');
  const id = (isObject(named) ? numberAt(named, 'id') : undefined) ?? query.get('definitionId');
  if (id === null) throw argumentMissing('definition');
  const definition = findDefinition(request, String(id));
  requireDefinition(request, definition, buildBits.queueBuilds);
  const variables = variablesIn(body);
  // Since Sprint 237: https://learn.microsoft.com/azure/devops/release-notes/2024/sprint-237-update
  if (Object.keys(variables).length > 0) requireDefinition(request, definition, buildBits.editQueueConfiguration);
  const parameters = valueAt(body, 'templateParameters');
  const build = await organization.of(BuildEngine).queue(definition, {
    requester: caller.identity,
    reason: 'manual',
    branch: textAt(body, 'sourceBranch'),
    commit: textAt(body, 'sourceVersion'),
    parameters: isObject(parameters) ? parameters : {},
    variables,
    priority: textAt(body, 'priority') ?? 'normal',
  });
  return ok(view(request, build));
}

/** Values for the variables of the pipeline: JSON in a text. */
function variablesIn(body: JsonObject): Record<string, string> {
  const text = textAt(body, 'parameters');
  const parsed: unknown = text === undefined || text === '' ? {} : JSON.parse(text);
  return isObject(parsed)
    ? Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
    : {};
}

/** `4` is how clients in TypeScript write the status. */
const isCancel = (status: unknown): boolean =>
  status === 4 || (typeof status === 'string' && status.toLowerCase() === 'cancelling');

function update(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const build = find(request);
  const body = objectIn(request.body, 'build');
  if (isCancel(valueAt(body, 'status'))) {
    requireDefinition(request, build.definition, buildBits.stopBuilds);
    if (build.status === 'completed') throw buildOver(build.id);
    organization.of(BuildEngine).cancel(build, caller.identity.id);
  }
  build.keepForever = flagAt(body, 'keepForever') ?? build.keepForever;
  return ok(view(request, build));
}

function remove(request: DevopsRequest): Reply {
  const build = find(request);
  requireDefinition(request, build.definition, buildBits.updateBuild);
  request.organization.of(Builds).remove(build);
  return noContent;
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

const tagsOf = ({ tags }: Build): Reply => listOf([...tags]);

function changeTags(
  request: DevopsRequest,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Reply {
  const build = find(request);
  for (const tag of change.add ?? []) build.tags.add(tag);
  for (const tag of change.remove ?? []) build.tags.delete(tag);
  return tagsOf(build);
}

/** A run has one log, with the lines of all its steps. */
function readLogs(request: DevopsRequest): Reply {
  const { organization, parameters, received } = request;
  const build = find(request);
  const url = organization.url(`${build.projectId}/_apis/build/builds/${build.id}/logs/1`);
  if (parameters['logId'] === undefined) {
    const log = {
      lineCount: build.log.length,
      createdOn: organization.time(build.queueTime),
      lastChangedOn: organization.time(build.lastChangedOn),
      id: 1,
      type: 'Container',
      url,
    };
    return listOf(build.log.length === 0 ? [] : [log]);
  }
  if (parameters['logId'] !== '1') throw buildNotFound(`${build.id}, log ${parameters['logId']}`);
  if (received.headers.accept?.includes('text/plain') === true)
    return { status: 200, raw: { contentType: 'text/plain', bytes: Buffer.from(`${build.log.join('\n')}\n`) } };
  return listOf(build.log);
}

function readArtifacts(request: DevopsRequest): Reply {
  const { organization, query, parameters } = request;
  const build = find(request);
  const artifacts = build.artifacts.map((name, index) => ({
    id: index + 1,
    name,
    source: build.planId,
    resource: {
      type: 'PipelineArtifact',
      data: name,
      properties: {},
      url: organization.url(
        `${build.projectId}/_apis/build/builds/${build.id}/artifacts?artifactName=${encodeURIComponent(name)}`,
      ),
    },
  }));
  const wanted = parameters['artifactName'] ?? query.get('artifactName');
  if (wanted === null) return listOf(artifacts);
  const artifact = artifacts.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (!artifact) throw artifactNotFound(wanted, build.id);
  return ok(artifact);
}
