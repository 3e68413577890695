import type { Kubernetes } from '../../../../sandbox/kubernetes/kubernetes';

/** The requests that change something: no dry runs, questions about permissions or samples for pods. */
export function writesOf({ requests }: Kubernetes): readonly string[] {
  return requests
    .list()
    .filter(({ method, path, query }) => {
      return method !== 'GET' && query['dryRun'] === undefined && !/\/proxy\/|\/selfsubjectaccessreviews$/.test(path);
    })
    .map(({ method, path }) => `${method} ${path}`);
}
