import { OrganizationError } from '../../organizationError';
import { pageOf } from '../../rest/paging';
import {
  flagAt,
  isObject,
  listAt,
  objectIn,
  requiredText,
  textAt,
  valueAt,
  type JsonObject,
} from '../../rest/requestBody';
import { listOf, location, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { namespaceIds } from '../../identities/namespaces';
import { requirePermission } from '../../identities/requirePermission';
import { Builds } from '../builds/builds';
import { pipelineInvalid, pipelineNotFound, runNotFound } from '../buildErrors';
import { buildBits, definitionToken, type Definition } from '../definitions/definition';
import { readDefinition } from '../definitions/definitionBody';
import { Definitions } from '../definitions/definitions';
import { requireDefinition } from '../definitions/definitionRoutes';
import { BuildEngine, type QueueRequest } from '../running/buildEngine';
import { pipelineView, runView } from './pipelineViews';

/** Pipelines and their runs, and what a pipeline's YAML becomes before it runs. */
export function addPipelineRoutes(router: Router): void {
  router.add({
    location: location(
      '28e1305e-2afe-47bf-abaf-cbb0e6a91988',
      'Pipelines',
      'pipelines',
      '{project}/_apis/{area}/{pipelineId}',
      [1, '5.1', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) =>
        request.parameters['pipelineId'] === undefined
          ? list(request)
          : ok(pipelineView(request.organization, find(request))),
      POST: create,
    },
    scopes: { GET: 'vso.build', POST: 'vso.build_execute' },
  });
  router.add({
    location: location(
      '53df2d18-29ea-46a9-bee0-933540f80abf',
      'pipelines',
      'preview',
      '{project}/_apis/{area}/{pipelineId}/{resource}',
      [2, '5.1', '7.2', '7.1'],
    ),
    handlers: { POST: preview },
    scopes: { POST: 'vso.build' },
  });
  router.add({
    location: location(
      '7859261e-d2e9-4a68-b820-a5d84cc5bb3d',
      'Pipelines',
      'runs',
      '{project}/_apis/{area}/{pipelineId}/{resource}/{runId}',
      [2, '5.1', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) => (request.parameters['runId'] === undefined ? listRuns(request) : ok(readRun(request))),
      POST: run,
    },
    scopes: { GET: 'vso.build', POST: 'vso.build_execute' },
  });
}

function find({ organization, project, parameters: { pipelineId = '' } }: DevopsRequest): Definition {
  const definition = organization.of(Definitions).byId(project?.id ?? '', Number(pipelineId));
  if (!definition) throw pipelineNotFound(pipelineId);
  return definition;
}

function list({ organization, project, query }: DevopsRequest): Reply {
  const { page, headers } = pageOf(organization.of(Definitions).ofProject(project?.id ?? ''), query);
  return listOf(
    page.map((each) => pipelineView(organization, each)),
    headers,
  );
}

/** The newer API has no variables, no branch and no update. */
function create(request: DevopsRequest): Reply {
  const { organization, project, caller } = request;
  const body = objectIn(request.body, 'inputParameters');
  const configuration = objectIn(valueAt(body, 'configuration'), 'configuration');
  const repository = objectIn(valueAt(configuration, 'repository'), 'repository');
  const path = textAt(body, 'folder') ?? '\\';
  const content = readDefinition(
    request,
    {
      name: requiredText(body, 'name'),
      path,
      process: { type: 2, yamlFilename: requiredText(configuration, 'path') },
      repository: { id: textAt(repository, 'id'), name: textAt(repository, 'name'), type: 'TfsGit' },
      queue: { name: 'Azure Pipelines' },
      triggers: [{ settingsSourceType: 2, triggerType: 'continuousIntegration' }],
    },
    undefined,
  );
  const token = definitionToken(project?.id ?? '', content.path);
  requirePermission(
    request,
    namespaceIds.build,
    token,
    buildBits.createDefinition,
    `team project ${project?.name ?? ''}`,
  );
  const definition = organization.of(Definitions).add(project?.id ?? '', content, caller.identity.id);
  return ok(pipelineView(organization, definition));
}

async function preview(request: DevopsRequest): Promise<Reply> {
  const body: JsonObject = isObject(request.body) ? request.body : {};
  return ok({ finalYaml: await finalYaml(request, find(request), body) });
}

async function finalYaml(request: DevopsRequest, definition: Definition, body: JsonObject): Promise<string> {
  const engine = request.organization.of(BuildEngine);
  const prepared = await asPipelineError(() =>
    engine.prepare(definition, requestOf(request, body), textAt(body, 'yamlOverride')),
  );
  if (!prepared.pipeline) throw pipelineInvalid('The stand-in has no agent that could expand the pipeline.');
  return prepared.pipeline.described.finalYaml;
}

async function run(request: DevopsRequest): Promise<Reply> {
  const { organization } = request;
  const definition = find(request);
  const body: JsonObject = isObject(request.body) ? request.body : {};
  if (flagAt(body, 'previewRun') === true)
    return ok({
      id: -1,
      name: null,
      pipeline: pipelineView(organization, definition),
      state: 'unknown',
      createdDate: organization.time(0),
      finalYaml: await finalYaml(request, definition, body),
    });
  requireDefinition(request, definition, buildBits.queueBuilds);
  const asked = requestOf(request, body);
  if (Object.keys(asked.variables ?? {}).length > 0)
    requireDefinition(request, definition, buildBits.editQueueConfiguration);
  const build = await asPipelineError(() => organization.of(BuildEngine).queue(definition, asked));
  return ok(runView(organization, build));
}

function requestOf({ caller }: DevopsRequest, body: JsonObject): QueueRequest {
  const objectAt = (object: JsonObject, key: string): JsonObject => {
    const value = valueAt(object, key);
    return isObject(value) ? value : {};
  };
  const self = objectAt(objectAt(objectAt(body, 'resources'), 'repositories'), 'self');
  const variables = Object.entries(objectAt(body, 'variables')).map(([name, item]) => [
    name,
    isObject(item) ? (textAt(item, 'value') ?? '') : String(item),
  ]);
  return {
    requester: caller.identity,
    reason: 'manual',
    branch: textAt(self, 'refName'),
    commit: textAt(self, 'version'),
    parameters: objectAt(body, 'templateParameters'),
    variables: Object.fromEntries(variables) as Record<string, string>,
    stagesToSkip: listAt(body, 'stagesToSkip').filter((each) => typeof each === 'string'),
  };
}

/** This API words what the older one has in `ValidationResults`. */
async function asPipelineError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const custom =
      thrown instanceof OrganizationError && isObject(thrown.body)
        ? valueAt(thrown.body, 'customProperties')
        : undefined;
    if (!isObject(custom)) throw thrown;
    const messages = listAt(custom, 'ValidationResults')
      .filter(isObject)
      .map((each) => textAt(each, 'message') ?? '');
    throw pipelineInvalid(messages.join('\n'));
  }
}

function listRuns(request: DevopsRequest): Reply {
  const { organization, project } = request;
  const { id } = find(request);
  const runs = organization
    .of(Builds)
    .ofProject(project?.id ?? '')
    .filter(({ definition }) => definition.id === id);
  return listOf([...runs].reverse().map((build) => runView(organization, build)));
}

function readRun(request: DevopsRequest): object {
  const {
    organization,
    project,
    parameters: { runId = '' },
  } = request;
  const { id } = find(request);
  const build = organization.of(Builds).byId(project?.id ?? '', Number(runId));
  if (build?.definition.id !== id) throw runNotFound(runId);
  return { ...runView(organization, build), ...(build.pipeline && { finalYaml: build.pipeline.finalYaml }) };
}
