import type { Router } from '../rest/router';
import { addApprovalRoutes } from './approvals/approvalRoutes';
import { addCheckRoutes } from './checks/checkRoutes';
import { addEndpointRoutes } from './endpoints/endpointRoutes';
import { addEnvironmentRoutes } from './environments/environmentRoutes';
import { addAuthorizedResourceRoutes } from './permissions/authorizedResourceRoutes';
import { addPipelinePermissionRoutes } from './permissions/pipelinePermissionRoutes';
import { addRoleRoutes } from './roles/roleRoutes';
import { addVariableGroupRoutes } from './variableGroups/variableGroupRoutes';

/** What pipelines use and need a permission for. */
export function addResourceArea(router: Router): void {
  addVariableGroupRoutes(router);
  addEnvironmentRoutes(router);
  addEndpointRoutes(router);
  addPipelinePermissionRoutes(router);
  addAuthorizedResourceRoutes(router);
  addCheckRoutes(router);
  addApprovalRoutes(router);
  addRoleRoutes(router);
}
