import type { HttpClient } from '../../http/httpClient';
import * as shape from '../../http/shape';

/** The identity by which the workspace knows the caller. */
export interface CurrentUser {
  /** An e-mail address, or the application id of a service principal. */
  readonly userName: string;
  readonly displayName: string;
}

/** Current user API (https://docs.databricks.com/api/workspace/currentuser/me). */
export class CurrentUserApi {
  constructor(private readonly http: HttpClient) {}

  async me(): Promise<CurrentUser> {
    const { userName, displayName = userName } = await this.http.json(
      {
        method: 'GET',
        path: '/api/2.0/preview/scim/v2/Me',
        purpose: 'ask who this is',
        budgetSeconds: 10,
      },
      me,
    );
    return { userName, displayName };
  }
}

const me = shape.object({ userName: shape.nonEmptyText, displayName: shape.optionalText });
