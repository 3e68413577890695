import { textIn } from '../http/answer/serviceError';
import type { Dialect } from '../http/dialect';

/**
 * Server-side apply answers 500 where an object does not fit the schema of its kind: those errors are no `Status` of their
 * own. Other errors that are none do pass, such as those of etcd, or of a webhook that converts objects.
 * Source: k8s.io/apimachinery `managedfields/internal/structuredmerge.go`;
 * https://github.com/kubernetes/kubernetes/issues/122480, https://github.com/kubernetes/kubernetes/issues/139253
 */
const schemaError = /^failed to (create typed (patch|live) object|convert new (typed )?object) \((?!.*\bwebhook\b)/s;

/** How the API server of a Kubernetes cluster uses HTTP. */
export const kubernetesDialect: Dialect = {
  /** A `Status` (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/), whose `code` is the HTTP status. */
  readError(body) {
    const message = textIn(body, 'message');
    return message === undefined ? undefined : { errorCode: textIn(body, 'reason', 'code'), message };
  },
  statusMeant({ status, serviceMessage }) {
    return status === 500 && schemaError.test(serviceMessage) ? 400 : undefined;
  },
};
