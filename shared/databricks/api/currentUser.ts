import type { HttpClient } from '../../http/httpClient';
import * as shape from '../../http/shape';

/** The identity by which the workspace knows the caller. */
export interface CurrentUser {
  /** An e-mail address, or the application id of a service principal. */
  readonly userName: string;
  readonly displayName: string;
  /** The names of the groups that it is in. */
  readonly groups: readonly string[];
  /** Those of its own, such as `allow-cluster-create`; groups give others. */
  readonly entitlements: readonly string[];
}

/** Current user API (https://docs.databricks.com/api/workspace/currentuser/me). */
export class CurrentUserApi {
  constructor(private readonly http: HttpClient) {}

  async me(): Promise<CurrentUser> {
    const {
      userName,
      displayName = userName,
      groups,
      entitlements,
    } = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.0/preview/scim/v2/Me',
        purpose: 'ask who this is',
        budgetSeconds: 10,
      },
      me,
    );
    const texts = (listed: readonly (string | undefined)[]) => listed.filter((text) => text !== undefined);
    return {
      userName,
      displayName,
      groups: texts(groups.map(({ display }) => display)),
      entitlements: texts(entitlements.map(({ value }) => value)),
    };
  }
}

const me = shape.object({
  userName: shape.nonEmptyText,
  displayName: shape.optionalText,
  groups: shape.lenient(shape.listOf(shape.object({ display: shape.optionalText })), []),
  entitlements: shape.lenient(shape.listOf(shape.object({ value: shape.optionalText })), []),
});
