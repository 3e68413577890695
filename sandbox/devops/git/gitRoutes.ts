import type { OrganizationState } from '../organizationState';
import type { Router } from '../rest/router';
import { addDetailRoutes } from './pullRequests/detailRoutes';
import { addPullRequestRoutes } from './pullRequests/pullRequestRoutes';
import { addReviewerRoutes } from './pullRequests/reviewerRoutes';
import { addThreadRoutes } from './pullRequests/threadRoutes';
import { addCommitRoutes } from './contents/commitRoutes';
import { addGitPaths } from './rest/gitPaths';
import { addImportRoutes } from './imports/importRoutes';
import { addItemRoutes } from './contents/itemRoutes';
import { addObjectRoutes } from './contents/objectRoutes';
import { addPolicyConfigurationRoutes } from './rest/policyConfigurationRoutes';
import { addPushRoutes } from './contents/pushRoutes';
import { addStatusRoutes } from './contents/statusRoutes';
import { addRecycleBinRoutes } from './rest/recycleBinRoutes';
import { addRefRoutes } from './rest/refRoutes';
import { addRepositoryRoutes } from './rest/repositoryRoutes';

/** `_apis/git` and the addresses of the repositories for clients of git. */
export function addGitRoutes(router: Router, organization: OrganizationState): void {
  addRepositoryRoutes(router, organization);
  addRecycleBinRoutes(router);
  addRefRoutes(router);
  addPushRoutes(router);
  addItemRoutes(router);
  addObjectRoutes(router);
  addCommitRoutes(router);
  addStatusRoutes(router);
  addImportRoutes(router);
  addPolicyConfigurationRoutes(router);
  addPullRequestRoutes(router, organization);
  addReviewerRoutes(router);
  addThreadRoutes(router);
  addDetailRoutes(router);
  addGitPaths(router);
}
