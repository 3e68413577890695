import { exception } from '../organizationError';

const distributedTask = 'Microsoft.TeamFoundation.DistributedTask.WebApi';

export const variableGroupExists = (name: string) =>
  exception(409, `${distributedTask}.VariableGroupExistsException`, `Variable group ${name} already exists.`);

export const variableGroupEmpty = () =>
  exception(400, 'System.ArgumentException', 'Variable group must have at least one variable defined.');

export const projectReferenceMissing = () =>
  exception(400, 'System.ArgumentException', 'Atleast one variable group project reference is required');

export const sharingNotAllowed = () =>
  exception(500, 'System.InvalidOperationException', 'Sharing of variable group is not allowed.');

export const notPartOfProject = (projectId: string) =>
  exception(400, 'System.ArgumentException', `Variable group is not part of project ${projectId}.`);

export const variableGroupNotFound = (id: string) =>
  exception(
    404,
    `${distributedTask}.VariableGroupNotFoundException`,
    `Variable group with ID ${id} does not exist or you do not have permissions to access it.`,
  );

export const environmentExists = (name: string) =>
  exception(409, `${distributedTask}.EnvironmentExistsException`, `Environment ${name} already exists.`);

export const environmentNotFound = (id: string) =>
  exception(
    404,
    `${distributedTask}.EnvironmentNotFoundException`,
    `Environment with ID ${id} does not exist or you do not have permissions to access it.`,
  );

export const endpointExists = (name: string) =>
  exception(
    409,
    `Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi.DuplicateServiceConnectionException`,
    `Service connection with name ${name} already exists. Only a user having Administrator/User role permissions on service connection ${name} can see it.`,
  );

export const endpointNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi.ServiceEndpointNotFoundException',
    `Service connection with ID ${id} does not exist.`,
  );

export const identitiesInvalid = (ids: readonly string[]) =>
  exception(
    400,
    'System.ArgumentException',
    `The following identities are invalid: ${ids.join(', ')}. Parameter name: identities`,
  );

export const resourceNotFound = (type: string, id: string) =>
  exception(
    404,
    'Microsoft.Azure.Pipelines.Authorization.WebApi.ResourceNotFoundException',
    `The resource of type ${type} with ID ${id} does not exist or you do not have permissions to access it.`,
  );

export const resourceTypeUnknown = (type: string) =>
  exception(
    400,
    'System.ArgumentException',
    `The resource type '${type}' is not supported. Parameter name: resourceType`,
  );

export const accessDenied = (who: string, what: string) =>
  exception(
    403,
    `${distributedTask}.AccessDeniedException`,
    `Access denied. ${who} needs ${what} permissions to perform the action. For more information, contact the Azure DevOps administrator.`,
  );

export const checkNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.Azure.Pipelines.Checks.WebApi.CheckConfigurationNotFoundException',
    `Check configuration with ID ${id} does not exist.`,
  );

export const approvalNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.Azure.Pipelines.Approval.WebApi.ApprovalNotFoundException',
    `Approval with ID ${id} does not exist.`,
  );

export const approvalNotPermitted = (who: string, id: string) =>
  exception(
    403,
    'Microsoft.Azure.Pipelines.Approval.WebApi.ApprovalUnauthorizedException',
    `${who} is not permitted to complete the approval ${id}.`,
  );

export const approvalDecided = (id: string, status: string) =>
  exception(
    400,
    'Microsoft.Azure.Pipelines.Approval.WebApi.InvalidApprovalException',
    `The approval ${id} is ${status} and can no longer be changed.`,
  );

export const roleUnknown = (name: string, scope: string) =>
  exception(
    400,
    'Microsoft.VisualStudio.Services.SecurityRoles.WebApi.RoleNotFoundException',
    `The role ${name} does not exist in the scope ${scope}.`,
  );
