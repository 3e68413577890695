import type { OrganizationError } from '../organizationError';
import { exception } from '../organizationError';
import { isObject, valueAt } from '../rest/requestBody';

const build = 'Microsoft.TeamFoundation.Build.WebApi';

/** The classes of this area are in an assembly that is not called after their namespace. */
function buildException(
  status: number,
  name: string,
  message: string,
  further: Readonly<Record<string, unknown>> = {},
): OrganizationError {
  const typeName = `${build}.${name}, Microsoft.TeamFoundation.Build2.WebApi`;
  return exception(status, `${build}.${name}`, message, { typeName, ...further });
}

export const definitionExists = (name: string, project: string) =>
  buildException(409, 'DefinitionExistsException', `Build pipeline ${name} already exists for project ${project}`);

/** Also for a revision that is not the current one: vsts-rest-api-specs issue 356. */
export const definitionNotFound = (id: number | string) =>
  buildException(404, 'DefinitionNotFoundException', `Build pipeline ${id} was not found`);

export const definitionIdDiffers = (inPath: string, inBody: number) =>
  buildException(
    400,
    'RequestContentException',
    `The request specifies pipeline ID ${inPath} but the supplied pipeline has ID ${inBody}.`,
  );

export const definitionInvalid = (message: string) => buildException(400, 'InvalidDefinitionException', message);

export const repositoryUnavailable = (name: string) =>
  buildException(
    400,
    'InvalidDefinitionException',
    `The repository ${name} does not exist or you do not have access to it.`,
  );

export const queueUnavailable = (name: string) =>
  buildException(400, 'InvalidDefinitionException', `Could not find a queue with name ${name}.`);

export const folderExists = (path: string) =>
  buildException(409, 'FolderExistsException', `Folder ${path} already exists.`);

export const folderNotFound = (path: string) =>
  buildException(404, 'FolderNotFoundException', `Folder ${path} was not found.`);

export const folderInvalid = (path: string) =>
  buildException(400, 'InvalidFolderException', `The folder path '${path}' is not valid.`);

export const buildNotFound = (id: string) =>
  buildException(404, 'BuildNotFoundException', `The requested build ${id} could not be found.`);

/** No public source shows this error. */
export const attachmentNotFound = (name: string, build: number) =>
  buildException(404, 'AttachmentNotFoundException', `The attachment ${name} of build ${build} was not found.`);

export const buildOver = (id: number) =>
  buildException(400, 'BuildStatusInvalidChangeException', `The build ${id} is already completed.`);

export interface ValidationResult {
  readonly result: 'error' | 'warning';
  readonly message: string;
}

/** The whole body is quoted in azure-devops-cli-extension issue 1032. */
export const queueRefused = (results: readonly ValidationResult[]) =>
  buildException(
    400,
    'BuildRequestValidationFailedException',
    'Could not queue the build because there were validation errors or warnings.',
    { customProperties: { ValidationResults: results } },
  );

export const pipelineInvalid = (message: string) =>
  exception(400, 'Microsoft.Azure.Pipelines.WebApi.PipelineValidationException', message);

export const pipelineNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.Azure.Pipelines.WebApi.PipelineNotFoundException',
    `Pipeline with id ${id} not found or you do not have permissions to access it.`,
  );

export const runNotFound = (id: string) =>
  exception(404, 'Microsoft.Azure.Pipelines.WebApi.RunNotFoundException', `Run with id ${id} not found.`);

const distributedTask = 'Microsoft.TeamFoundation.DistributedTask.WebApi';

export const queueNotFound = (id: string) =>
  exception(404, `${distributedTask}.TaskAgentQueueNotFoundException`, `Agent queue ${id} was not found.`);

export const poolNotFound = (id: string) =>
  exception(404, `${distributedTask}.TaskAgentPoolNotFoundException`, `Agent pool ${id} was not found.`);

export const artifactNotFound = (name: string, buildId: number) =>
  buildException(404, 'ArtifactNotFoundException', `Artifact ${name} was not found for build ${buildId}.`);

/** What a refusal to queue a run says; undefined for another error. */
export function validationResultsOf({ body }: OrganizationError): readonly ValidationResult[] | undefined {
  const custom = isObject(body) ? valueAt(body, 'customProperties') : undefined;
  const results = isObject(custom) ? valueAt(custom, 'ValidationResults') : undefined;
  return Array.isArray(results) ? (results as readonly ValidationResult[]) : undefined;
}
