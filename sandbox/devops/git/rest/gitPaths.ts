import { gunzipSync } from 'node:zlib';
import { accountOf } from '../../identities/identity';
import { namespaceIds } from '../../identities/namespaces';
import { controllerNotFound, OrganizationError, tokenUnusable } from '../../organizationError';
import { permissionMissing } from '../../permissionErrors';
import type { DevopsRequest, Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { applyUpdates } from '../repositories/applyUpdates';
import { GitStore } from '../repositories/gitStore';
import type { Repository } from '../repositories/repository';
import { advertise, type GitService } from '../smartHttp/advertise';
import { type RefCommand, receivePack } from '../smartHttp/receivePack';
import { uploadPack } from '../smartHttp/uploadPack';
import { repositoryNotFound } from './errors';
import { refusal } from '../contents/pushRoutes';
import { isReadable, mayUse, pusherOf } from './repositoryAccess';

/** `{project}/_git/{repository}`, as clients of git use it; the project can be left out if the repository has its name. */
export function addGitPaths(router: Router): void {
  router.addPath({
    template: '{project}/_git/{repository}/{*path}',
    isProjectOptional: true,
    isChallenging: true,
    handlers: { GET: asText(advertiseRefs), POST: asText(serve) },
  });
}

/** Git shows what is wrong only if the answer is plain text. */
function asText(handler: (request: DevopsRequest) => Reply | Promise<Reply>) {
  return async (request: DevopsRequest): Promise<Reply> => {
    try {
      return await handler(request);
    } catch (error) {
      if (!(error instanceof OrganizationError) || error.status === 401) throw error;
      return {
        status: error.status,
        raw: { contentType: 'text/plain; charset=utf-8', bytes: Buffer.from(error.message) },
      };
    }
  };
}

/** @throws OrganizationError TF401019, or 401 for a token without the scope */
function repositoryOf({ organization, caller, project, parameters }: DevopsRequest, scope: string): Repository {
  if (!caller.hasScope(scope)) throw tokenUnusable(organization.origin);
  const name = parameters['repository'] ?? '';
  const projectId = project?.id ?? organization.projects.find(name)?.id;
  const repository = organization.of(GitStore).find(projectId, name);
  if (!repository || repository.isDisabled || !isReadable(caller, repository)) throw repositoryNotFound(name);
  return repository;
}

const scopeOf: Readonly<Record<GitService, string>> = {
  'git-upload-pack': 'vso.code',
  'git-receive-pack': 'vso.code_write',
};

function advertiseRefs(request: DevopsRequest): Reply {
  const { parameters, query } = request;
  const service = query.get('service');
  if (parameters['path'] !== 'info/refs' || (service !== 'git-upload-pack' && service !== 'git-receive-pack'))
    throw controllerNotFound(request.received.url.pathname);
  const repository = repositoryOf(request, scopeOf[service]);
  if (service === 'git-receive-pack') requireWrite(request, repository);
  const { objects, tips: refs, defaultBranch } = repository;
  return gitReply(service, 'advertisement', advertise(service, { objects, refs, defaultBranch }));
}

async function serve(request: DevopsRequest): Promise<Reply> {
  const { organization, caller, parameters, received } = request;
  const service = parameters['path'] === 'git-receive-pack' ? 'git-receive-pack' : 'git-upload-pack';
  const repository = repositoryOf(request, scopeOf[service]);
  const isZipped = received.headers['content-encoding'] === 'gzip';
  const body = isZipped ? gunzipSync(received.body) : received.body;
  switch (parameters['path']) {
    case 'git-upload-pack':
      return gitReply('git-upload-pack', 'result', await uploadPack(repository.objects, body));
    case 'git-receive-pack': {
      requireWrite(request, repository);
      const apply = async (commands: readonly RefCommand[]) => {
        const pusher = pusherOf(organization, caller, repository);
        const { statuses } = await applyUpdates(organization, caller, repository, commands, pusher);
        return commands.map((command, at) => {
          const status = statuses[at] ?? 'succeeded';
          return status.startsWith('succeeded') ? undefined : refusal(request, repository, command, status).message;
        });
      };
      return gitReply('git-receive-pack', 'result', await receivePack(repository.objects, body, apply));
    }
    default:
      throw controllerNotFound(received.url.pathname);
  }
}

/** Whoever may neither contribute nor create branches need not send anything. @throws OrganizationError TF401027 */
function requireWrite({ caller }: DevopsRequest, repository: Repository): void {
  if (mayUse(caller, repository, 'GenericContribute') || mayUse(caller, repository, 'CreateBranch')) return;
  const { identity } = caller;
  throw permissionMissing(namespaceIds.git, {
    account: accountOf(identity),
    displayName: identity.displayName,
    id: identity.id,
    permission: 'GenericContribute',
    subject: 'repository',
  });
}

const gitReply = (service: GitService, kind: 'advertisement' | 'result', bytes: Buffer): Reply => ({
  status: 200,
  headers: { 'cache-control': 'no-cache' },
  raw: { contentType: `application/x-${service}-${kind}`, bytes },
});
