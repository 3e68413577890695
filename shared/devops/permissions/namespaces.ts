/** A permission of a security namespace. */
export interface Bit {
  readonly bit: number;
  /** How the pages of Azure DevOps name it. */
  readonly shownAs: string;
}

/** A security namespace, as far as its permissions are needed. */
export interface SecurityNamespace {
  readonly id: string;
  /** Where its permissions are granted. */
  readonly page: string;
  readonly bits: Readonly<Record<string, Bit>>;
}

/**
 * The security namespaces and their permissions, by the names that refusals use (TF401027, TF215106).
 * Sources: `GET _apis/securitynamespaces`; the pages are those of
 * https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference.
 */
export const namespaces = {
  project: {
    id: '52d39943-cb85-4d7f-8fa8-c6baac873819',
    page: 'Project settings, Permissions',
    bits: {
      GENERIC_READ: { bit: 1, shownAs: 'View project-level information' },
      GENERIC_WRITE: { bit: 2, shownAs: 'Edit project-level information' },
    },
  },
  git: {
    id: '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87',
    page: 'Project settings, Repositories, Security',
    bits: {
      GenericRead: { bit: 2, shownAs: 'Read' },
      GenericContribute: { bit: 4, shownAs: 'Contribute' },
      ForcePush: { bit: 8, shownAs: 'Force push (rewrite history, delete branches and tags)' },
      CreateBranch: { bit: 16, shownAs: 'Create branch' },
      CreateTag: { bit: 32, shownAs: 'Create tag' },
      ManageNote: { bit: 64, shownAs: 'Manage notes' },
      PolicyExempt: { bit: 128, shownAs: 'Bypass policies when pushing' },
      CreateRepository: { bit: 256, shownAs: 'Create repository' },
      DeleteRepository: { bit: 512, shownAs: 'Delete or disable repository' },
      RenameRepository: { bit: 1024, shownAs: 'Rename repository' },
      EditPolicies: { bit: 2048, shownAs: 'Edit policies' },
      RemoveOthersLocks: { bit: 4096, shownAs: "Remove others' locks" },
      ManagePermissions: { bit: 8192, shownAs: 'Manage permissions' },
      PullRequestContribute: { bit: 16_384, shownAs: 'Contribute to pull requests' },
      PullRequestBypassPolicy: { bit: 32_768, shownAs: 'Bypass policies when completing pull requests' },
    },
  },
  build: {
    id: '33344d9c-fc72-4d6f-aba5-fa317101a7e9',
    page: 'Pipelines, All, the menu of the folder or pipeline, Manage security',
    bits: {
      ViewBuilds: { bit: 1, shownAs: 'View builds' },
      QueueBuilds: { bit: 128, shownAs: 'Queue builds' },
      ViewBuildDefinition: { bit: 1024, shownAs: 'View build pipeline' },
      EditBuildDefinition: { bit: 2048, shownAs: 'Edit build pipeline' },
      DeleteBuildDefinition: { bit: 4096, shownAs: 'Delete build pipeline' },
      AdministerBuildPermissions: { bit: 16_384, shownAs: 'Administer build permissions' },
      CreateBuildDefinition: { bit: 32_768, shownAs: 'Create build pipeline' },
      EditPipelineQueueConfigurationPermission: { bit: 65_536, shownAs: 'Edit queue build configuration' },
    },
  },
  library: {
    id: 'b7e84409-6553-448a-bbb2-af228e07cbeb',
    page: 'Pipelines, Library, Security',
    bits: {
      View: { bit: 1, shownAs: 'Reader' },
      Administer: { bit: 2, shownAs: 'Administrator' },
      Create: { bit: 4, shownAs: 'Creator' },
      Use: { bit: 16, shownAs: 'User' },
    },
  },
  environment: {
    id: '83d4c2e6-e57d-4d6e-892b-b87222b7ad20',
    page: 'Pipelines, Environments, the menu of the page or environment, Security',
    bits: {
      View: { bit: 1, shownAs: 'Reader' },
      Manage: { bit: 2, shownAs: 'Administrator' },
      Administer: { bit: 8, shownAs: 'Administrator' },
      Use: { bit: 16, shownAs: 'User' },
      Create: { bit: 32, shownAs: 'Creator' },
    },
  },
  serviceEndpoints: {
    id: '49b48001-ca20-4adc-8111-5b60c903a50c',
    page: 'Project settings, Service connections, Security',
    bits: {
      Use: { bit: 1, shownAs: 'User' },
      Administer: { bit: 2, shownAs: 'Administrator' },
      Create: { bit: 4, shownAs: 'Creator' },
      ViewEndpoint: { bit: 16, shownAs: 'Reader' },
    },
  },
  identity: {
    id: '5a27515b-ccd7-42c9-84f1-54c998f03866',
    page: 'Project settings, Teams, the team, Settings, Administrators',
    bits: {
      Read: { bit: 1, shownAs: 'View identity information' },
      Write: { bit: 2, shownAs: 'Edit identity information' },
      Delete: { bit: 4, shownAs: 'Delete identity information' },
      ManageMembership: { bit: 8, shownAs: 'Manage group membership' },
      CreateScope: { bit: 16, shownAs: 'Create identity scopes' },
    },
  },
  areas: {
    id: '83e28ad4-2d72-4ceb-97b0-c7726d5502c3',
    page: 'Project settings, Project configuration, Areas, the menu of the area, Security',
    bits: {
      GENERIC_READ: { bit: 1, shownAs: 'View permissions for this node' },
      GENERIC_WRITE: { bit: 2, shownAs: 'Edit this node' },
      CREATE_CHILDREN: { bit: 4, shownAs: 'Create child nodes' },
    },
  },
} as const satisfies Readonly<Record<string, SecurityNamespace>>;

export type NamespaceName = keyof typeof namespaces;
/** The name of a permission of a namespace. */
export type BitName<N extends NamespaceName> = keyof (typeof namespaces)[N]['bits'] & string;
