import { connect } from '../../../shared/databricks/connect';
import { ClusterPoliciesApi } from '../../../shared/databricks/api/clusterPolicies';
import { CurrentUserApi, type CurrentUser } from '../../../shared/databricks/api/currentUser';
import { JobsApi } from '../../../shared/databricks/api/jobs';
import { ModelsApi } from '../../../shared/databricks/api/models';
import { PermissionsApi } from '../../../shared/databricks/api/permissions';
import { WorkspaceApi, type WorkspaceObject } from '../../../shared/databricks/api/workspace';
import { TaskError } from '../../../shared/errors';
import { HttpError } from '../../../shared/http/errors';
import type { HttpClient } from '../../../shared/http/httpClient';
import { plainMessage } from '../../run/nameProblems';
import { databricksCredentials } from '../../signIn/databricks/credentials';
import type { Check, CheckSurroundings } from './checks';

/** What the caller wants to use. */
export interface WantedObjects {
  /** For notebooks; absolute. Without it, /Shared is looked at, and what is missing there is only a note. */
  readonly workspaceFolder: string | undefined;
  /** `catalog.schema.model` */
  readonly catalogModel: string | undefined;
}

interface Caller extends WantedObjects {
  readonly http: HttpClient;
  readonly me: CurrentUser;
}

/**
 * What the caller may do in the workspace, as far as that can be found by reading: nothing is created to try it. None
 * rejects but for a cancellation, once the sign-in was accepted.
 */
export async function permissionChecks(
  { signIn, context }: CheckSurroundings,
  wanted: WantedObjects,
): Promise<readonly Check[]> {
  const access = { databricks: { id: 'databricks', ...databricksCredentials(signIn) } };
  const { http } = await connect(access, context);
  const caller = { ...wanted, http, me: await new CurrentUserApi(http).me() };
  const checks = [
    ['Folder', checkFolder],
    ['Clusters', checkClusters],
    ['Jobs', checkJobs],
    ...(wanted.catalogModel === undefined ? [] : [['Model', checkModel] as const]),
  ] as const;
  return Promise.all(
    checks.map(async ([name, check]): Promise<Check> => {
      try {
        return { name, ...(await check(caller)) };
      } catch (error) {
        if (!(error instanceof TaskError) || context.signal.aborted) throw error;
        return { name, state: 'problem', message: plainMessage(error) };
      }
    }),
  );
}

type Found = Omit<Check, 'name'>;

async function checkClusters({ http, me }: Caller): Promise<Found> {
  if (me.groups.includes('admins')) return { state: 'ok', message: 'can be created: you are in the group admins' };
  if (me.entitlements.includes('allow-cluster-create'))
    return { state: 'ok', message: 'can be created: you have the entitlement allow-cluster-create' };
  const policies = await new ClusterPoliciesApi(http).names();
  if (policies.length > 0) return { state: 'ok', message: `can be created with the policies ${policies.join(', ')}` };
  return {
    state: 'note',
    message:
      'can be created only if one of your groups has the entitlement allow-cluster-create, which you do not have yourself; there is no policy that you may use, either. Ask an administrator, or use an existing cluster.',
  };
}

async function checkJobs({ http }: Caller): Promise<Found> {
  await new JobsApi(http).listJobs('mloccli doctor');
  return { state: 'ok', message: 'can be listed' };
}

const writeLevels = ['CAN_EDIT', 'CAN_MANAGE', 'IS_OWNER'];

/** A folder that does not exist is created by an import, in the folder above that exists. */
async function checkFolder({ http, me, workspaceFolder }: Caller): Promise<Found> {
  const wanted = workspaceFolder ?? '/Shared';
  const lack = workspaceFolder === undefined ? 'note' : 'problem';
  const found = await nearest(new WorkspaceApi(http), wanted);
  if (!found) return { state: lack, message: `${wanted} cannot be seen, nor a folder above it.` };
  if (found.object_type !== 'DIRECTORY')
    return { state: lack, message: `${found.path} is not a folder but ${found.object_type}.` };
  const where = found.path === wanted ? wanted : `${wanted}, in ${found.path},`;
  if (me.groups.includes('admins')) return { state: 'ok', message: `${where} can be written: you are an admin` };
  try {
    const grants = await new PermissionsApi(http).folderGrants(found.object_id, found.path);
    const own = grants.filter(({ kind, name }) =>
      kind === 'group_name' ? name === 'users' || me.groups.includes(name) : name === me.userName,
    );
    const level = own.map((grant) => grant.level).find((each) => writeLevels.includes(each));
    if (level !== undefined) return { state: 'ok', message: `${where} can be written: ${level}` };
    return { state: lack, message: `${where} cannot be written: you need CAN_EDIT on ${found.path}.` };
  } catch (error) {
    // Who may not manage a folder may not be told who else may.
    if (!(error instanceof HttpError) || error.status !== 403) throw error;
    return { state: 'note', message: `${where} can be seen; you may not read who can write to it.` };
  }
}

async function nearest(workspace: WorkspaceApi, path: string): Promise<WorkspaceObject | undefined> {
  for (let folder = path; folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    const found = await workspace.status(folder);
    if (found) return { ...found, path: folder };
  }
  return undefined;
}

async function checkModel({ http, catalogModel = '' }: Caller): Promise<Found> {
  const { length } = await new ModelsApi(http).listVersions(catalogModel);
  return { state: 'ok', message: `${catalogModel} can be read: ${length} ${length === 1 ? 'version' : 'versions'}` };
}
