import { documentPathText, type DocumentPath, type Finding } from '../../finding';
import type { DefinitionReference } from '../api/pipelines/build';
import type { Devops } from '../devops';
import { IdentityLookUp, type Resolution } from '../identityLookUp';
import { isAbsentOrNotPermitted } from '../api/refusal';
import type { PlannedObjects, PlannedPipeline } from '../plannedObjects';
import { UnresolvedError } from '../unresolvedError';
import type { BranchPolicies } from './document';
import type { References } from './wantedPolicies';

/**
 * Looks up the ids of all that a document names. A name can also be that of something planned. Throws an UnresolvedError that
 * lists every name that is not one thing.
 */
export async function resolveReferences(
  devops: Devops,
  project: { readonly id: string; readonly name: string },
  policies: BranchPolicies,
  planned: PlannedObjects = {},
): Promise<References> {
  const findings: Finding[] = [];
  const found = new Map<string, unknown>();
  const resolve = async <T>(path: DocumentPath, look: () => Promise<Resolution<T>>): Promise<void> => {
    const resolution = await look();
    if ('found' in resolution) found.set(documentPathText(path), resolution.found);
    else findings.push({ path, message: `${documentPathText(path)} ${resolution.problem}`, severity: 'error' });
  };

  for (const [index, { buildPipeline }] of (policies.buildValidation ?? []).entries())
    await resolve(['buildValidation', index, 'buildPipeline'], () =>
      pipelineOf(devops, project, buildPipeline, planned.pipelines),
    );
  const identities = new IdentityLookUp(devops, project);
  const identityOf = async (name: string): Promise<Resolution<{ readonly id: string }>> => {
    const isPlanned = planned.teams?.some((each) => each.trim().toLowerCase() === name.trim().toLowerCase());
    return isPlanned ? { found: { id: `team ${name.trim()}, to be created` } } : identities.lookUp(name);
  };
  for (const [index, { authorizedAccount: name }] of (policies.statusChecks ?? []).entries())
    if (name !== undefined) await resolve(['statusChecks', index, 'authorizedAccount'], () => identityOf(name));
  for (const [index, { reviewers }] of (policies.automaticallyIncludedReviewers ?? []).entries())
    for (const [at, name] of reviewers.entries())
      await resolve(['automaticallyIncludedReviewers', index, 'reviewers', at], () => identityOf(name));

  if (findings.length > 0) throw new UnresolvedError(findings);
  const at = (path: DocumentPath): unknown => found.get(documentPathText(path));
  return {
    pipelineAt: (path) => at(path) as ReturnType<References['pipelineAt']>,
    identityAt: (path) => at(path) as ReturnType<References['identityAt']>,
  };
}

async function pipelineOf(
  { build }: Devops,
  project: { readonly id: string; readonly name: string },
  given: string | number,
  planned: readonly PlannedPipeline[] = [],
): Promise<Resolution<{ readonly id: number | undefined; readonly name: string }>> {
  const missing = `is not a pipeline of the project '${project.name}', or this identity may not see it.`;
  if (typeof given === 'number')
    try {
      return { found: await build.definition(project.id, given) };
    } catch (error) {
      if (isAbsentOrNotPermitted(error)) return { problem: missing };
      throw error;
    }
  const [, folder, name = ''] = /^(.*\\)?([^\\]*)$/s.exec(given.replaceAll('/', '\\')) ?? [];
  const all = await build.definitions(project.id, { name });
  const named = all.filter((each) => each.name.toLowerCase() === name.toLowerCase());
  const future = planned.filter(
    (each) => each.name.toLowerCase() === name.toLowerCase() && !named.some(({ path }) => isIn({ path }, each.folder)),
  );
  const candidates = [...named, ...future.map((each) => ({ id: undefined, name: each.name, path: each.folder }))];
  const matching = folder === undefined ? candidates : candidates.filter((each) => isIn(each, folder));
  const [only, ...more] = matching;
  if (!only) return { problem: missing };
  if (more.length === 0) return { found: only };
  const paths = matching.map(({ id, path }) => `${path.replace(/\\?$/, '\\')}${name} (${id ?? 'to be created'})`);
  return { problem: `is the name of ${matching.length} pipelines: ${paths.join(', ')}. Write the path or the ID.` };
}

function isIn({ path }: Pick<DefinitionReference, 'path'>, folder: string): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/^\\+|\\+$/g, '');
  return bare(path) === bare(folder);
}
