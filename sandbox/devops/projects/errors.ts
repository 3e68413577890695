import { exception } from '../organizationError';

const core = 'Microsoft.TeamFoundation.Core.WebApi';

export const projectNotFound = (nameOrId: string) =>
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(nameOrId)
    ? exception(
        404,
        `${core}.ProjectDoesNotExistException`,
        `VS800075: The project with id 'vstfs:///Classification/TeamProject/${nameOrId}' does not exist, or you do not have permission to access it.`,
      )
    : exception(
        404,
        `${core}.ProjectDoesNotExistWithNameException`,
        `TF200016: The following project does not exist: ${nameOrId}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`,
      );

export const projectExists = (name: string) =>
  exception(
    409,
    `${core}.ProjectAlreadyExistsException`,
    `TF200019: The following project already exists on the Azure DevOps Server: ${name}. You cannot create a new project with the same name as an existing project.`,
  );

export const operationNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.VisualStudio.Services.Operations.OperationNotFoundException',
    `The operation with id ${id} does not exist.`,
  );

export const teamNotFound = (nameOrId: string) =>
  exception(
    404,
    'Microsoft.Azure.Devops.Teams.Service.TeamNotFoundException',
    `The team with id '${nameOrId}' does not exist.`,
  );

/** What the service answers is not documented: 400 is one of the two statuses that clients report. */
export const teamExists = (name: string) =>
  exception(
    400,
    'Microsoft.Azure.Devops.Teams.Service.TeamAlreadyExistsException',
    `VS402904: The team '${name}' already exists in the project.`,
  );

export const processNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.TeamFoundation.WorkItemTracking.Server.ProcessTemplateNotFoundByTypeIdException',
    `VS402362: The process with type id ${id} was not found.`,
  );

const witServer = 'Microsoft.TeamFoundation.WorkItemTracking.Server';

export const nodeNotFound = (path: string, structure: string) =>
  exception(
    404,
    `${witServer}.ClassificationNodeNotFoundException`,
    `VS402485: The ${structure} name is not recognized: "${path}".`,
  );

export const nodeNumberNotFound = (id: string) =>
  exception(
    404,
    `${witServer}.ClassificationNodeNotFoundException`,
    `VS402486: There is no area or iteration with the ID ${id}.`,
  );

/** What the service answers is not documented: 409 is one of the two statuses that clients report. */
export const nodeExists = (name: string) =>
  exception(
    409,
    `${witServer}.ClassificationNodeDuplicateNameException`,
    `VS402371: Classification node name ${name} is already in use by a different child of parent classification node. Choose a different name and try again.`,
  );

const agile = 'Microsoft.Azure.Boards.Agile.Common.Exceptions';

export const backlogIterationInvalid = () =>
  exception(
    400,
    `${agile}.InvalidTeamSettingsException`,
    'TF400497: The backlog iteration path that you specified is no longer valid.',
  );

export const iterationInvalid = (id: string) =>
  exception(
    404,
    `${agile}.InvalidTeamSettingsIterationException`,
    `The iteration ${id} does not exist in the project, or is not an iteration of the team.`,
  );

export const teamFieldInvalid = (message: string) =>
  exception(400, `${agile}.InvalidTeamFieldValuesException`, message);
