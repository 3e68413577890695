import type { OrganizationState } from '../../organizationState';
import { evaluations } from '../../policy/evaluate';
import { PolicyStore } from '../../policy/policyStore';
import { GitStore } from '../repositories/gitStore';
import { blockedByPolicyText } from '../rest/errors';
import { policyFacts } from './policyFacts';

/** Lets the other areas ask what policies say of branches and pull requests. */
export function offerPolicies(organization: OrganizationState): void {
  const { hooks } = organization;
  const [git, policies] = [organization.of(GitStore), organization.of(PolicyStore)];
  policies.findPullRequest = (projectId, id) => {
    const found = git.pullRequests.get(id);
    return found?.repository.projectId === projectId ? policyFacts(found) : undefined;
  };
  hooks.blocksPush = ({ id }, refName) => {
    const repository = git.find(undefined, id);
    return repository && policies.blocksPush(repository, refName) ? blockedByPolicyText : undefined;
  };
  hooks.blocksCompletion = ({ id }) => {
    const found = git.pullRequests.get(id);
    if (!found) return [];
    const applying = policies.applying(found.repository, found.targetRefName);
    return evaluations(organization, applying, policyFacts(found))
      .filter(
        ({ configuration, status }) => configuration.isBlocking && status !== 'approved' && status !== 'notApplicable',
      )
      .map(({ configuration }) => configuration.type.displayName);
  };
}
