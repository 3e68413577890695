import {
  requiredText,
  flagAt,
  isObject,
  listAt,
  numberAt,
  textAt,
  valueAt,
  type JsonObject,
} from '../../rest/requestBody';
import type { DevopsRequest } from '../../rest/route';
import { GitStore } from '../../git/repositories/gitStore';
import { definitionInvalid, queueUnavailable, repositoryUnavailable } from '../buildErrors';
import { Queues } from '../pools/queues';
import {
  fullBranchName,
  type Definition,
  type DefinitionContent,
  type DefinitionRepository,
  type DefinitionVariable,
} from './definition';
import { folderPath } from './folders';
import { readTriggers } from './triggerBody';

const queueStatuses = ['enabled', 'paused', 'disabled'] as const;

/** The whole pipeline that a body describes; secrets that it leaves out are those of `before`. @throws OrganizationError */
export function readDefinition(
  request: DevopsRequest,
  body: JsonObject,
  before: Definition | undefined,
): DefinitionContent {
  const status = valueAt(body, 'queueStatus');
  const process = valueAt(body, 'process');
  const yamlFilename = isObject(process) ? textAt(process, 'yamlFilename') : undefined;
  if (yamlFilename === undefined || yamlFilename === '')
    throw definitionInvalid('The stand-in has YAML pipelines only: process.yamlFilename is required.');
  const variables = valueAt(body, 'variables');
  const groups = valueAt(body, 'variableGroups');
  const properties = valueAt(body, 'properties');
  return {
    name: requiredText(body, 'name'),
    path: folderPath(textAt(body, 'path') ?? ''),
    description: textAt(body, 'description'),
    comment: textAt(body, 'comment'),
    queueId: readQueue(request, valueAt(body, 'queue')),
    queueStatus: queueStatuses.find((each, index) => each === status || index === status) ?? 'enabled',
    repository: readRepository(request, valueAt(body, 'repository'), before),
    yamlFilename: yamlFilename.replace(/^\/+/, ''),
    triggers: readTriggers(listAt(body, 'triggers')),
    variables: isObject(variables) ? readVariables(variables, before?.content.variables) : undefined,
    variableGroupIds: Array.isArray(groups)
      ? groups.filter(isObject).flatMap((group) => numberAt(group, 'id') ?? [])
      : undefined,
    jobAuthorizationScope: readScope(valueAt(body, 'jobAuthorizationScope')),
    tags: listAt(body, 'tags').filter((tag) => typeof tag === 'string'),
    properties: isObject(properties) ? properties : {},
  };
}

/** `1` and `2` are how clients in TypeScript write the two scopes. */
function readScope(given: unknown): string {
  return given === 'project' || given === 2 ? 'project' : 'projectCollection';
}

/** By its id, by its name, or by the name of its pool. A queue that the caller does not see does not exist for it. */
function readQueue({ organization, caller, project }: DevopsRequest, given: unknown): number | undefined {
  if (!isObject(given)) return undefined;
  const queues = organization.of(Queues);
  const projectId = project?.id ?? '';
  const pool = valueAt(given, 'pool');
  const [id, name] = [
    numberAt(given, 'id'),
    textAt(given, 'name') ?? (isObject(pool) ? textAt(pool, 'name') : undefined),
  ];
  const queue =
    id === undefined ? (name === undefined ? undefined : queues.byName(projectId, name)) : queues.byId(projectId, id);
  if (!queue || !queues.isSeen(caller, queue)) throw queueUnavailable(name ?? String(id));
  return queue.id;
}

/** The id decides, else the name in the project of the pipeline. Later requests complete the name of the branch. */
function readRepository(
  { organization, caller, project }: DevopsRequest,
  given: unknown,
  before: Definition | undefined,
): DefinitionRepository {
  if (!isObject(given)) throw definitionInvalid('A pipeline needs a repository.');
  const type = textAt(given, 'type') ?? '';
  if (!/^(tfs)?git$/i.test(type)) throw definitionInvalid(`The stand-in has no repositories of type '${type}'.`);
  const [id, name] = [textAt(given, 'id'), textAt(given, 'name')];
  const git = organization.of(GitStore);
  const repository =
    id === undefined ? git.find(project?.id ?? '', name ?? '') : (git.find(undefined, id) ?? git.find(project?.id, id));
  if (!repository || repository.isDisabled || !caller.reaches(repository.id))
    throw repositoryUnavailable(name ?? id ?? '');
  const branch = textAt(given, 'defaultBranch') ?? repository.defaultBranch;
  const properties = valueAt(given, 'properties');
  return {
    id: repository.id,
    defaultBranch: branch === undefined || !before ? branch : fullBranchName(branch),
    properties: isObject(properties) ? properties : undefined,
    clean: valueAt(given, 'clean') ?? null,
    checkoutSubmodules: flagAt(given, 'checkoutSubmodules') ?? false,
  };
}

/** A secret without a value keeps the one that it had. */
function readVariables(
  given: JsonObject,
  before: ReadonlyMap<string, DefinitionVariable> | undefined,
): Map<string, DefinitionVariable> {
  const names = new Map([...(before ?? [])].map(([name, variable]) => [name.toLowerCase(), variable]));
  return new Map(
    Object.entries(given).map(([name, item]) => {
      const variable: JsonObject = isObject(item) ? item : { value: item };
      const isSecret = flagAt(variable, 'isSecret') === true;
      const value = textAt(variable, 'value');
      const old = names.get(name.toLowerCase());
      const isKept = isSecret && old?.isSecret === true && (value ?? '') === '' && valueAt(variable, 'value') !== null;
      const allowOverride = flagAt(variable, 'allowOverride') === true;
      return [name, { value: isKept ? old.value : (value ?? null), isSecret, allowOverride }];
    }),
  );
}
