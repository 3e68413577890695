import type { KnownBehaviors } from '../../comparison/knownBehavior';

const recordings =
  'https://github.com/Azure/azure-devops-cli-extension/blob/master/azure-devops/azext_devops/test/recordings/test_repos_policies.yaml';
const terraform =
  'https://github.com/microsoft/terraform-provider-azuredevops/tree/main/azuredevops/internal/service/policy/branch';
const resets = 'https://github.com/Azure/azure-cli/issues/31734';

/**
 * How Azure DevOps treats the settings of a policy. That it leaves out settings that are false (the merge types, but not
 * those of reviewers) needs no row: what is empty is the same as what is missing.
 */
export const policyBehaviors: KnownBehaviors = [
  { path: 'settings.requiredReviewerIds', is: 'set', source: terraform },
  // The order of path filters has a meaning: the first that matches decides.
  { path: 'settings.policyApplicability', is: 'default', values: [], source: terraform },
  // What a policy has besides, a newer service may have added. An update keeps it.
  { path: '**', is: 'default', source: resets },
  { path: 'settings.useSquashMerge', is: 'ignored', source: recordings },
];
