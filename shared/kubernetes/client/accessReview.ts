import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import { isStatus, type ApiServer } from './apiServer';
import { body } from './body';
import { groupOf, pathOfVersion } from './resource';
import { reviewShape } from './shapes';
import type { Action } from './types';

const apiVersion = 'authorization.k8s.io/v1';

/** Whether the caller is allowed to do this; undefined when the cluster doesn't let it ask. */
export async function isAllowed(api: ApiServer, namespace: string, action: Action): Promise<boolean | undefined> {
  const { verb, resource, subresource, name } = action;
  const review: SelfSubjectAccessReview = {
    apiVersion,
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        verb,
        group: groupOf(resource),
        resource: resource.plural,
        ...(resource.isNamespaced && { namespace }),
        ...(subresource !== undefined && { subresource }),
        ...(name !== undefined && { name }),
      },
    },
  };
  try {
    const { status } = await api.call(
      {
        method: 'POST',
        path: `${pathOfVersion(apiVersion)}/selfsubjectaccessreviews`,
        text: body('application/json', review),
        purpose: 'check the permissions of this identity',
        repeatable: true,
      },
      reviewShape,
    );
    return status.allowed;
  } catch (error) {
    if (isStatus(error, 403)) return undefined;
    throw error;
  }
}
