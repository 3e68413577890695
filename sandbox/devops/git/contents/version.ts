import { noObject } from '../objects/objectStore';
import type { Repository } from '../repositories/repository';
import { enumValue } from '../rest/enumValue';
import { repositoryEmpty, versionNotFound } from '../rest/errors';

export interface VersionDescriptor {
  /** Of a branch or tag, or the id of a commit; undefined for the default branch. */
  readonly version: string | undefined;
  readonly versionType: string | undefined;
}

export interface ResolvedVersion {
  readonly commit: string;
  /** As errors show it. */
  readonly text: string;
}

const versionTypes = { branch: 0, tag: 1, commit: 2 };

/** The parameters of a query, with a prefix such as `versionDescriptor.`. */
export const versionIn = (query: URLSearchParams, prefix = 'versionDescriptor.'): VersionDescriptor => {
  const read = (name: string) => query.get(`${prefix}${name}`) ?? query.get(name) ?? undefined;
  return { version: read('version'), versionType: read('versionType') };
};

/** @throws OrganizationError if there is no such branch, tag or commit */
export function resolveVersion(repository: Repository, { version, versionType }: VersionDescriptor): ResolvedVersion {
  const { objects, defaultBranch, name } = repository;
  if (version === undefined || version === '') {
    if (defaultBranch === undefined) throw repositoryEmpty(name);
    return resolve(repository, repository.tipOf(defaultBranch), `<Branch: ${shortOf(defaultBranch)} >`);
  }
  switch (enumValue(versionTypes, versionType ?? 'branch')) {
    case 'branch':
      return resolve(repository, repository.tipOf(`refs/heads/${shortOf(version)}`), `<Branch: ${version} >`);
    case 'tag':
      return resolve(repository, objects.peel(repository.tipOf(`refs/tags/${version}`)), `<Tag: ${version} >`);
    case 'commit':
      return resolve(repository, fullId(repository, version), `<Commit: ${version} >`);
    case undefined:
      throw versionNotFound(`${versionType ?? ''}: ${version}`);
  }
}

const shortOf = (branch: string) => branch.replace(/^refs\/heads\//, '');

function resolve({ objects }: Repository, commit: string, text: string): ResolvedVersion {
  if (!objects.isA('commit', commit)) throw versionNotFound(text.replace(/^<| >$/g, ''));
  return { commit, text };
}

/** Also of the first characters of an id. */
function fullId({ objects }: Repository, id: string): string {
  const found = /^[\da-f]{7,40}$/i.test(id) ? objects.idsFrom(id.toLowerCase()) : [];
  return (found.length === 1 ? found[0] : undefined) ?? noObject;
}
