/** A kind of permission: what its tokens look like, and what its bits are called. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  /** Between the parts of its tokens. */
  readonly separator: string;
  readonly readPermission: number;
  readonly writePermission: number;
  readonly actions: readonly Action[];
}

type Action = readonly [bit: number, name: string, displayName: string];

/** Ids of the namespaces that routes ask for. */
export const namespaceIds = {
  identity: '5a27515b-ccd7-42c9-84f1-54c998f03866',
  distributedTask: '101eae8c-1709-47f9-b228-0e476c35b3ba',
  git: '2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87',
  serviceEndpoints: '49b48001-ca20-4adc-8111-5b60c903a50c',
  collection: '3e65f728-f8bc-4ecd-8764-7e378b19bfa7',
  library: 'b7e84409-6553-448a-bbb2-af228e07cbeb',
  environment: '83d4c2e6-e57d-4d6e-892b-b87222b7ad20',
  iteration: 'bf7bfa03-b2b7-47db-8113-fa2e002cc5b1',
  area: '83e28ad4-2d72-4ceb-97b0-c7726d5502c3',
  build: '33344d9c-fc72-4d6f-aba5-fa317101a7e9',
  project: '52d39943-cb85-4d7f-8fa8-c6baac873819',
} as const;

/** https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference */
export const namespaces: readonly Namespace[] = [
  {
    id: namespaceIds.identity,
    name: 'Identity',
    displayName: 'Identity',
    separator: '\\',
    readPermission: 1,
    writePermission: 4,
    actions: [
      [1, 'Read', 'View identity information'],
      [2, 'Write', 'Edit identity information'],
      [4, 'Delete', 'Delete identity information'],
      [8, 'ManageMembership', 'Manage group membership'],
      [16, 'CreateScope', 'Create identity scopes'],
      [32, 'RestoreScope', 'Restore identity scopes'],
    ],
  },
  {
    id: namespaceIds.distributedTask,
    name: 'DistributedTask',
    displayName: 'DistributedTask',
    separator: '/',
    readPermission: 1,
    writePermission: 8,
    actions: [
      [1, 'View', 'View'],
      [2, 'Manage', 'Manage'],
      [4, 'Listen', 'Listen'],
      [8, 'AdministerPermissions', 'Administer Permissions'],
      [16, 'Use', 'Use'],
      [32, 'Create', 'Create'],
    ],
  },
  {
    id: namespaceIds.git,
    name: 'Git Repositories',
    displayName: 'Git Repositories',
    separator: '/',
    readPermission: 2,
    writePermission: 8192,
    actions: [
      [1, 'Administer', 'Administer'],
      [2, 'GenericRead', 'Read'],
      [4, 'GenericContribute', 'Contribute'],
      [8, 'ForcePush', 'Force push (rewrite history, delete branches and tags)'],
      [16, 'CreateBranch', 'Create branch'],
      [32, 'CreateTag', 'Create tag'],
      [64, 'ManageNote', 'Manage notes'],
      [128, 'PolicyExempt', 'Bypass policies when pushing'],
      [256, 'CreateRepository', 'Create repository'],
      [512, 'DeleteRepository', 'Delete or disable repository'],
      [1024, 'RenameRepository', 'Rename repository'],
      [2048, 'EditPolicies', 'Edit policies'],
      [4096, 'RemoveOthersLocks', "Remove others' locks"],
      [8192, 'ManagePermissions', 'Manage permissions'],
      [16384, 'PullRequestContribute', 'Contribute to pull requests'],
      [32768, 'PullRequestBypassPolicy', 'Bypass policies when completing pull requests'],
      [65536, 'ViewAdvSecAlerts', 'Advanced Security: view alerts'],
      [131072, 'DismissAdvSecAlerts', 'Advanced Security: manage and dismiss alerts'],
      [262144, 'ManageAdvSecScanning', 'Advanced Security: manage settings'],
    ],
  },
  {
    id: namespaceIds.serviceEndpoints,
    name: 'ServiceEndpoints',
    displayName: 'ServiceEndpoints',
    separator: '/',
    readPermission: 0,
    writePermission: 2,
    actions: [
      [1, 'Use', 'Use Service Connection'],
      [2, 'Administer', 'Administer Service Connection'],
      [4, 'Create', 'Create Service Connection'],
      [8, 'ViewAuthorization', 'View Authorization'],
      [16, 'ViewEndpoint', 'View Service Connection'],
    ],
  },
  {
    id: namespaceIds.collection,
    name: 'Collection',
    displayName: 'Collection',
    separator: ':',
    readPermission: 1,
    writePermission: 2,
    actions: [
      [1, 'GENERIC_READ', 'View collection-level information'],
      [2, 'GENERIC_WRITE', 'Edit collection-level information'],
      [4, 'CREATE_PROJECTS', 'Create new projects'],
      [16, 'TRIGGER_EVENT', 'Trigger events'],
      [32, 'MANAGE_TEMPLATE', 'Manage process template'],
      [64, 'DIAGNOSTIC_TRACE', 'Alter trace settings'],
      [128, 'SYNCHRONIZE_READ', 'View system synchronization information'],
      [512, 'MANAGE_TEST_CONTROLLERS', 'Manage test controllers'],
      [1024, 'DELETE_FIELD', 'Delete field from organization'],
      [2048, 'MANAGE_ENTERPRISE_POLICIES', 'Manage enterprise policies'],
    ],
  },
  {
    id: namespaceIds.library,
    name: 'Library',
    displayName: 'Library',
    separator: '/',
    readPermission: 1,
    writePermission: 2,
    actions: [
      [1, 'View', 'View library item'],
      [2, 'Administer', 'Administer library item'],
      [4, 'Create', 'Create library item'],
      [8, 'ViewSecrets', 'View library item secrets'],
      [16, 'Use', 'Use library item'],
      [32, 'Owner', 'Owner'],
    ],
  },
  {
    id: namespaceIds.environment,
    name: 'Environment',
    displayName: 'Environment',
    separator: '/',
    readPermission: 1,
    writePermission: 8,
    actions: [
      [1, 'View', 'View'],
      [2, 'Manage', 'Manage'],
      [4, 'ManageHistory', 'Manage history'],
      [8, 'Administer', 'Administer Permissions'],
      [16, 'Use', 'Use'],
      [32, 'Create', 'Create'],
    ],
  },
  {
    id: namespaceIds.iteration,
    name: 'Iteration',
    displayName: 'Iteration',
    separator: ':',
    readPermission: 1,
    writePermission: 2,
    actions: [
      [1, 'GENERIC_READ', 'View permissions for this node'],
      [2, 'GENERIC_WRITE', 'Edit this node'],
      [4, 'CREATE_CHILDREN', 'Create child nodes'],
      [8, 'DELETE', 'Delete this node'],
    ],
  },
  {
    id: namespaceIds.area,
    name: 'CSS',
    displayName: 'CSS',
    separator: ':',
    readPermission: 1,
    writePermission: 2,
    actions: [
      [1, 'GENERIC_READ', 'View permissions for this node'],
      [2, 'GENERIC_WRITE', 'Edit this node'],
      [4, 'CREATE_CHILDREN', 'Create child nodes'],
      [8, 'DELETE', 'Delete this node'],
      [16, 'WORK_ITEM_READ', 'View work items in this node'],
      [32, 'WORK_ITEM_WRITE', 'Edit work items in this node'],
      [64, 'MANAGE_TEST_PLANS', 'Manage test plans'],
      [128, 'MANAGE_TEST_SUITES', 'Manage test suites'],
      [512, 'WORK_ITEM_SAVE_COMMENT', 'Edit work item comments in this node'],
    ],
  },
  {
    id: namespaceIds.build,
    name: 'Build',
    displayName: 'Build',
    separator: '/',
    readPermission: 0,
    writePermission: 16384,
    actions: [
      [1, 'ViewBuilds', 'View builds'],
      [2, 'EditBuildQuality', 'Edit build quality'],
      [4, 'RetainIndefinitely', 'Retain indefinitely'],
      [8, 'DeleteBuilds', 'Delete builds '],
      [16, 'ManageBuildQualities', 'Manage build qualities'],
      [32, 'DestroyBuilds', 'Destroy builds'],
      [64, 'UpdateBuildInformation', 'Update build information'],
      [128, 'QueueBuilds', 'Queue builds'],
      [256, 'ManageBuildQueue', 'Manage build queue'],
      [512, 'StopBuilds', 'Stop builds'],
      [1024, 'ViewBuildDefinition', 'View build pipeline'],
      [2048, 'EditBuildDefinition', 'Edit build pipeline'],
      [4096, 'DeleteBuildDefinition', 'Delete build pipeline'],
      [8192, 'OverrideBuildCheckInValidation', 'Override check-in validation by build'],
      [16384, 'AdministerBuildPermissions', 'Administer build permissions'],
      [32768, 'CreateBuildDefinition', 'Create build pipeline'],
      [65536, 'EditPipelineQueueConfigurationPermission', 'Edit queue build configuration'],
      [131072, 'ManageStageRunOrderPermission', 'Manage stage run order'],
      [262144, 'AbandonBuilds', 'Abandon builds'],
    ],
  },
  {
    id: namespaceIds.project,
    name: 'Project',
    displayName: 'Project',
    separator: ':',
    readPermission: 1,
    writePermission: 2,
    actions: [
      [1, 'GENERIC_READ', 'View project-level information'],
      [2, 'GENERIC_WRITE', 'Edit project-level information'],
      [4, 'DELETE', 'Delete team project'],
      [8, 'PUBLISH_TEST_RESULTS', 'Create test runs'],
      [16, 'ADMINISTER_BUILD', 'Administer a build'],
      [32, 'START_BUILD', 'Start a build'],
      [64, 'EDIT_BUILD_STATUS', 'Edit build quality'],
      [128, 'UPDATE_BUILD', 'Write to build operational store'],
      [256, 'DELETE_TEST_RESULTS', 'Delete test runs'],
      [512, 'VIEW_TEST_RESULTS', 'View test runs'],
      [2048, 'MANAGE_TEST_ENVIRONMENTS', 'Manage test environments'],
      [4096, 'MANAGE_TEST_CONFIGURATIONS', 'Manage test configurations'],
      [8192, 'WORK_ITEM_DELETE', 'Delete and restore work items'],
      [16384, 'WORK_ITEM_MOVE', 'Move work items out of this project'],
      [32768, 'WORK_ITEM_PERMANENTLY_DELETE', 'Permanently delete work items'],
      [65536, 'RENAME', 'Rename team project'],
      [131072, 'MANAGE_PROPERTIES', 'Manage project properties'],
      [262144, 'MANAGE_SYSTEM_PROPERTIES', 'Manage system project properties'],
      [524288, 'BYPASS_PROPERTY_CACHE', 'Bypass project property cache'],
      [1048576, 'BYPASS_RULES', 'Bypass rules on work item updates'],
      [2097152, 'SUPPRESS_NOTIFICATIONS', 'Suppress notifications for work item updates'],
      [4194304, 'UPDATE_VISIBILITY', 'Update project visibility'],
      [8388608, 'CHANGE_PROCESS', 'Change process of team project'],
      [16777216, 'AGILETOOLS_BACKLOG', 'Agile backlog management.'],
      [33554432, 'AGILETOOLS_PLANS', 'Manage delivery plans'],
    ],
  },
];

export const findNamespace = (id: string): Namespace | undefined =>
  namespaces.find((namespace) => namespace.id === id.toLowerCase());

/** All bits of a namespace. */
export const allBits = ({ actions }: Namespace): number => actions.reduce((bits, [bit]) => bits | bit, 0);

/** The first bit of `bits` that has a name, as error texts spell it. */
export const nameOfBits = (id: string, bits: number): string =>
  findNamespace(id)?.actions.find(([bit]) => (bits & bit) !== 0)?.[1] ?? String(bits);
