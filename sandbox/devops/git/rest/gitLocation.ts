import { type Location, location } from '../../rest/route';

/** What a token needs to read and to change what is in repositories. */
export const codeScopes = {
  GET: 'vso.code',
  POST: 'vso.code_write',
  PUT: 'vso.code_write',
  PATCH: 'vso.code_write',
  DELETE: 'vso.code_write',
} as const;

/** A row of the area `git` in the table of routes; below a repository unless the template says otherwise. */
export const gitLocation = (id: string, resource: string, path: string, version = 1, minVersion = '1.0'): Location =>
  location(id, 'git', resource, `{project}/_apis/{area}/${path}`, [version, minVersion, '7.2', '7.1']);
