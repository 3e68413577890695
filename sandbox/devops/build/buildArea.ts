import type { OrganizationState } from '../organizationState';
import type { Router } from '../rest/router';
import { addAttachmentRoutes } from './builds/attachmentRoutes';
import { addBuildRoutes } from './builds/buildRoutes';
import { addDefinitionRoutes } from './definitions/definitionRoutes';
import { addFolderRoutes } from './definitions/folderRoutes';
import { addPipelineRoutes } from './pipelines/pipelineRoutes';
import { addPoolRoutes } from './pools/poolRoutes';
import { BuildValidation } from './running/buildValidation';
import { Triggers } from './running/triggers';

/** Pipelines, their runs, and the agents that run them. */
export function addBuildArea(router: Router, state: OrganizationState): void {
  addPoolRoutes(router, state);
  addDefinitionRoutes(router);
  addFolderRoutes(router);
  addBuildRoutes(router);
  addAttachmentRoutes(router);
  addPipelineRoutes(router);
  state.of(Triggers);
  state.of(BuildValidation);
}
