import { textIn } from '../http/answer/serviceError';
import type { Dialect } from '../http/dialect';

/** How the API server of a Kubernetes cluster uses HTTP. */
export const kubernetesDialect: Dialect = {
  /** A `Status` (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/), whose `code` is the HTTP status. */
  readError(body) {
    const message = textIn(body, 'message');
    return message === undefined ? undefined : { errorCode: textIn(body, 'reason', 'code'), message };
  },
};
