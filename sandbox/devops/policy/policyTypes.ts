/** A kind of policy, with how the service reads and shows its settings. */
export interface PolicyType {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** A branch policy makes pull requests necessary; the others check what is pushed. */
  readonly appliesTo: 'branch' | 'push';
  /** The settings besides `scope`, as the service spells them. */
  readonly settings: Readonly<Record<string, SettingKind>>;
  readonly required?: readonly string[];
  /** Flags that are off are not stored. */
  readonly dropsFalse?: boolean;
  /** Settings that the service adds when they are left out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

export type SettingKind = 'number' | 'flag' | 'text' | 'texts';

export const policyTypeIds = {
  minimumReviewers: 'fa4e907d-c16b-4a4c-9dfa-4906e5d171dd',
  build: '0609b952-1397-4640-95ec-e00a01b2c241',
  workItems: '40e92b44-2fe1-4dd6-b3d8-74a9c21d0c6e',
  comments: 'c6a1889d-b943-4856-b76f-9e46bb6b0df2',
  mergeStrategy: 'fa4e907d-c16b-4a4c-9dfa-4916e5d171ab',
  requiredReviewers: 'fd2167ab-b0be-447a-8ec8-39368250530e',
  status: 'cbdc66da-9728-4af8-aada-9a5a32e4a226',
  caseEnforcement: '7ed39669-655c-494e-b4a0-a08b4da0fcce',
  fileSize: '2e26e725-8201-4edd-8bf5-978563c34a80',
  pathLength: '001a79cf-fda1-4c4e-9e7c-bac40ee5ead8',
  reservedNames: 'db2b9b4c-180d-4529-9701-01541d19f36b',
} as const;

/** https://learn.microsoft.com/azure/devops/cli/policy-configuration-file */
export const policyTypes: readonly PolicyType[] = [
  {
    id: policyTypeIds.minimumReviewers,
    displayName: 'Minimum number of reviewers',
    description:
      'This policy will ensure that a minimum number of reviewers have approved a pull request before completion.',
    appliesTo: 'branch',
    settings: {
      minimumApproverCount: 'number',
      creatorVoteCounts: 'flag',
      allowDownvotes: 'flag',
      resetOnSourcePush: 'flag',
      requireVoteOnLastIteration: 'flag',
      resetRejectionsOnSourcePush: 'flag',
      blockLastPusherVote: 'flag',
      requireVoteOnEachIteration: 'flag',
    },
    required: ['minimumApproverCount'],
  },
  {
    id: policyTypeIds.build,
    displayName: 'Build',
    description: 'This policy will require a successful build has been performed before updating protected refs.',
    appliesTo: 'branch',
    settings: {
      buildDefinitionId: 'number',
      queueOnSourceUpdateOnly: 'flag',
      manualQueueOnly: 'flag',
      displayName: 'text',
      validDuration: 'number',
      filenamePatterns: 'texts',
    },
    required: ['buildDefinitionId'],
  },
  {
    id: policyTypeIds.workItems,
    displayName: 'Work item linking',
    description: 'This policy encourages developers to link commits to work items.',
    appliesTo: 'branch',
    settings: {},
  },
  {
    id: policyTypeIds.comments,
    displayName: 'Comment requirements',
    description: 'Check if the pull request has any active comments',
    appliesTo: 'branch',
    settings: {},
  },
  {
    id: policyTypeIds.mergeStrategy,
    displayName: 'Require a merge strategy',
    description: 'This policy ensures that pull requests use a consistent merge strategy.',
    appliesTo: 'branch',
    settings: {
      allowSquash: 'flag',
      allowNoFastForward: 'flag',
      allowRebase: 'flag',
      allowRebaseMerge: 'flag',
      useSquashMerge: 'flag',
    },
    dropsFalse: true,
  },
  {
    id: policyTypeIds.requiredReviewers,
    displayName: 'Required reviewers',
    description:
      'This policy will ensure that required reviewers are added for modified files matching specified patterns.',
    appliesTo: 'branch',
    settings: {
      requiredReviewerIds: 'texts',
      filenamePatterns: 'texts',
      addedFilesOnly: 'flag',
      ignoreIfSourceIsTarget: 'flag',
      minimumApproverCount: 'number',
      creatorVoteCounts: 'flag',
      message: 'text',
    },
    required: ['requiredReviewerIds'],
    defaults: { message: null },
  },
  {
    id: policyTypeIds.status,
    displayName: 'Status',
    description: 'This policy will require a successful status to be posted before updating protected refs.',
    appliesTo: 'branch',
    settings: {
      statusGenre: 'text',
      statusName: 'text',
      authorId: 'text',
      invalidateOnSourceUpdate: 'flag',
      defaultDisplayName: 'text',
      policyApplicability: 'number',
      filenamePatterns: 'texts',
    },
    required: ['statusName'],
  },
  {
    id: policyTypeIds.caseEnforcement,
    displayName: 'Git repository settings',
    description: 'Git repository settings',
    appliesTo: 'push',
    settings: { enforceConsistentCase: 'flag', rejectDotGit: 'flag', optimizedByDefault: 'flag' },
  },
  {
    id: policyTypeIds.fileSize,
    displayName: 'File size restriction',
    description: 'Push policy to block file sizes exceeding the maximum.',
    appliesTo: 'push',
    settings: { MaximumGitBlobSizeInBytes: 'number', useUncompressedSize: 'flag' },
    required: ['MaximumGitBlobSizeInBytes'],
  },
  {
    id: policyTypeIds.pathLength,
    displayName: 'Path Length restriction',
    description: 'Push policy to block pushes with paths that are too long.',
    appliesTo: 'push',
    settings: { maxPathLength: 'number' },
  },
  {
    id: policyTypeIds.reservedNames,
    displayName: 'Reserved names restriction',
    description: 'Push policy to block pushes with file names that some platforms reserve.',
    appliesTo: 'push',
    settings: {},
  },
  {
    id: '51c78909-e838-41a2-9496-c647091e3c61',
    displayName: 'File name restriction',
    description: 'Push policy to block file names that match a pattern.',
    appliesTo: 'push',
    settings: { filenamePatterns: 'texts' },
  },
  {
    id: '77ed4bd3-b063-4689-934a-175e4d0a78d7',
    displayName: 'Commit author email validation',
    description: 'Push policy to block commits of authors whose address does not match a pattern.',
    appliesTo: 'push',
    settings: { authorEmailPatterns: 'texts' },
  },
];

export const findPolicyType = (id: string): PolicyType | undefined =>
  policyTypes.find((type) => type.id === id.toLowerCase());
