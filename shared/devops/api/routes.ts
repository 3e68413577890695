/**
 * The resource areas of Azure DevOps that are used: an organization names the host of each by its id. `organization` stands
 * for the host of the organization itself, which answers what belongs to no area.
 * Source: `GET _apis/resourceAreas`, the same ids in every organization.
 */
export const areas = {
  organization: undefined,
  build: '5d6898bb-45ec-463f-95f9-54d49c71752e',
  checks: '4a933897-0488-45af-bd82-6fd3ad33f46a',
  core: '79134c72-4a58-4b42-976c-04e7115f32bf',
  distributedTask: 'a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd',
  extensionManagement: '6c2b0933-3600-42ae-bf8b-93d4f7e83594',
  git: '4e080c62-fa21-4fbc-8fef-2a10a2b38049',
  graph: 'bb1e7ec9-e901-4b68-999a-de7012b920f8',
  identities: '8a3d49b8-91f0-46ef-b33d-dda338c25db3',
  pipelinePermissions: 'a81a0441-de52-4000-aa15-ff0e07bfbbaa',
  pipelines: '2e0bf237-8973-4ec9-a581-9c3d679d1776',
  policy: 'fb13a388-40dd-4a04-b530-013a739c72ef',
  serviceEndpoint: '1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7',
  work: '1d4f49f9-02b9-4e26-b826-2cdb6195f2a9',
  workItemTracking: '5264459e-e5e0-4bd8-b118-0985e68a4ec5',
} as const;

export type Area = keyof typeof areas;

/** Where a resource is, and in which version it is requested. */
export interface Route {
  readonly area: Area;
  /** The id of the location, which `OPTIONS _apis` lists with its template and its versions. */
  readonly location: string;
  /** The path; `{name}` is replaced and may be left out at the end, `{*name}` takes several segments. */
  readonly template: string;
  /** With `-preview.N` where the service has not released the resource: it refuses the plain version there. */
  readonly version: string;
}

/** The version of all resources that are released. */
const released = '7.1';

function route(area: Area, location: string, template: string, version: string = released): Route {
  return { area, location, template, version };
}

const repository = '{project}/_apis/git/repositories/{repositoryId}';
const teamSettings = '{project}/{team}/_apis/work/teamsettings';
const preview1 = '7.1-preview.1';
const preview2 = '7.1-preview.2';

/**
 * Every resource that is used. Sources: the route table of dev.azure.com (`OPTIONS _apis`), and for the hosts of identities
 * and graph https://learn.microsoft.com/rest/api/azure/devops.
 */
export const routes = {
  resourceAreas: route(
    'organization',
    'e81700f7-3be2-46de-8624-2eb35882fcaa',
    '_apis/resourceAreas/{areaId}',
    preview1,
  ),
  connectionData: route('organization', '00d9565f-ed9c-4a06-9a50-00e7896ccab4', '_apis/connectionData', preview1),
  operations: route('organization', '9a1b74b4-2ca8-4a9f-8470-c2f2e6fdc949', '_apis/operations/{operationId}'),

  repositories: route('git', '225f7195-f9c7-4d14-ab28-a83f7ff77e1f', repository),
  refs: route('git', '2d874a60-a811-4f62-9c9f-963a6ea0a55b', `${repository}/refs`),
  pushes: route('git', 'ea98d07b-3c87-4971-8ede-a613694ffb55', `${repository}/pushes/{pushId}`),
  items: route('git', 'fb93c0db-47ed-4a31-8c20-47552878fb44', `${repository}/items`),
  blobs: route('git', '7b28e929-2c99-405d-9c5c-6167a06e6816', `${repository}/blobs/{objectId}`),
  trees: route('git', '729f6437-6f92-44ec-8bee-273a7111063c', `${repository}/trees/{objectId}`),
  commits: route('git', 'c2570c3b-5b3f-41b8-98bf-5407bfde8d58', `${repository}/commits/{commitId}`),
  pullRequests: route('git', '9946fd70-0d40-406e-b686-b4744cbbcc37', `${repository}/pullrequests/{pullRequestId}`),
  importRequests: route(
    'git',
    '01828ddc-3600-4a41-8633-99b3a73a0eb3',
    `${repository}/importRequests/{importRequestId}`,
  ),
  appliedPolicies: route('git', '2c420070-a0a2-49cc-9639-c9f271c5ff07', '{project}/_apis/git/policy/configurations'),

  policies: route('policy', 'dad91cbe-d183-45f8-9c6e-9c1164472121', '{project}/_apis/policy/configurations/{id}'),

  projects: route('core', '603fe2ac-9723-48b9-88ad-09305aa6c6e1', '_apis/projects/{*projectId}'),
  teams: route('core', 'd30a3dd1-f8ba-442a-b86a-bd0c0c383e59', '_apis/projects/{projectId}/teams/{*teamId}'),
  teamMembers: route(
    'core',
    '294c494c-2600-4d7e-b76c-3dd50c3c95be',
    '_apis/projects/{projectId}/teams/{teamId}/members',
  ),

  identities: route('identities', '28010c54-d0c0-4c89-a5b0-1c9e188b9fb7', '_apis/identities/{identityId}'),
  identityMembers: route(
    'identities',
    '8ba35978-138e-41f8-8963-7b1ea2c5f775',
    '_apis/identities/{containerId}/members/{memberId}',
    preview1,
  ),
  graphDescriptors: route(
    'graph',
    '048aee0a-7072-4cde-ab73-7af77b1e0b4e',
    '_apis/graph/descriptors/{storageKey}',
    preview1,
  ),
  graphStorageKeys: route(
    'graph',
    'eb85f8cc-f0f6-4264-a5b1-ffe2e4d4801f',
    '_apis/graph/storagekeys/{subjectDescriptor}',
    preview1,
  ),
  graphGroups: route('graph', 'ebbe6af8-0b91-4c13-8cf1-777c14858188', '_apis/graph/groups/{groupDescriptor}', preview1),
  graphMemberships: route(
    'graph',
    'e34b6394-6b30-4435-94a9-409a5eef3e31',
    '_apis/graph/Memberships/{subjectDescriptor}',
    preview1,
  ),
  graphMembership: route(
    'graph',
    '3fd2e6ca-fb30-443a-b579-95b19ed0934c',
    '_apis/graph/memberships/{subjectDescriptor}/{containerDescriptor}',
    preview1,
  ),

  accessControlEntries: route(
    'organization',
    'ac08c8ff-4323-4b08-af90-bcd018d380ce',
    '_apis/accesscontrolentries/{securityNamespaceId}',
  ),
  accessControlLists: route(
    'organization',
    '18a2ad18-7571-46ae-bec7-0c7da1495885',
    '_apis/accesscontrollists/{securityNamespaceId}',
  ),
  permissionEvaluation: route(
    'organization',
    'cf1faa59-1b63-4448-bf04-13d981a46f5d',
    '_apis/security/permissionevaluationbatch',
  ),
  roleAssignments: route(
    'organization',
    '9461c234-c84c-4ed2-b918-2f0f92ad0a35',
    '_apis/securityroles/scopes/{scopeId}/roleassignments/resources/{resourceId}/{identityId}',
    preview1,
  ),

  definitions: route(
    'build',
    'dbeaf647-6167-421a-bda9-c9327b25e2e6',
    '{project}/_apis/build/definitions/{definitionId}',
  ),
  folders: route('build', 'a906531b-d2da-4f55-bda7-f3e676cc50d9', '{project}/_apis/build/folders/{*path}', preview2),
  builds: route('build', '0cd358e1-9217-4d94-8269-1c1ee6f93dcf', '{project}/_apis/build/builds/{buildId}'),
  timeline: route(
    'build',
    '8baac422-4c6e-4de5-8532-db96d92acffa',
    '{project}/_apis/build/builds/{buildId}/timeline/{timelineId}',
  ),
  preview: route('pipelines', '53df2d18-29ea-46a9-bee0-933540f80abf', '{project}/_apis/pipelines/{pipelineId}/preview'),

  queues: route(
    'distributedTask',
    '900fa995-c559-4923-aae7-f8424fe4fbea',
    '{project}/_apis/distributedtask/queues/{queueId}',
  ),
  variableGroups: route(
    'distributedTask',
    'f5b09dd5-9d54-45a1-8b5a-1c8287d634cc',
    '{project}/_apis/distributedtask/variablegroups/{groupId}',
  ),
  organizationVariableGroups: route(
    'distributedTask',
    'ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7',
    '_apis/distributedtask/variablegroups/{groupId}',
  ),
  environments: route(
    'distributedTask',
    '8572b1fc-2482-47fa-8f74-7e3ed53ee54b',
    '{project}/_apis/distributedtask/environments/{environmentId}',
  ),

  checks: route(
    'checks',
    '86c8381e-5aee-4cde-8ae4-25c0c7f5eaea',
    '{project}/_apis/pipelines/checks/configurations/{id}',
    preview1,
  ),
  pipelinePermissions: route(
    'pipelinePermissions',
    'b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2',
    '{project}/_apis/pipelines/pipelinepermissions/{resourceType}/{resourceId}',
    preview1,
  ),

  endpoints: route(
    'serviceEndpoint',
    'e85f1c62-adfc-4b74-b618-11a150fb195e',
    '{project}/_apis/serviceendpoint/endpoints/{endpointId}',
  ),
  organizationEndpoints: route(
    'serviceEndpoint',
    '14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0',
    '_apis/serviceendpoint/endpoints/{endpointId}',
  ),

  extensionDocuments: route(
    'extensionManagement',
    'bbe06c18-1c8b-4fcd-b9c6-1535aaab8749',
    '_apis/ExtensionManagement/InstalledExtensions/{publisherName}/{extensionName}/Data/Scopes/{scopeType}/{scopeValue}/Collections/{collectionName}/Documents/{documentId}',
    preview1,
  ),

  teamSettings: route('work', 'c3c1012b-bea7-49d7-b45e-1664e566f84c', teamSettings),
  teamFieldValues: route('work', '07ced576-58ed-49e6-9c1e-5cb53ab8bf2a', `${teamSettings}/teamfieldvalues`),
  teamIterations: route('work', 'c9175577-28a1-4b06-9197-8636af9f64ad', `${teamSettings}/iterations/{id}`),
  classificationNodes: route(
    'workItemTracking',
    '5a172953-1b41-49d3-840a-33f79c3ce89f',
    '{project}/_apis/wit/classificationnodes/{structureGroup}/{*path}',
  ),
} as const;

export type RouteName = keyof typeof routes;
