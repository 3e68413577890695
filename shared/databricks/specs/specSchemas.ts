import type { DocumentPath } from '../../finding';
import type { Json } from '../../json';
import { checkSpec, isTextIn } from './checkSpec';
import { otherForm } from './otherForms';

/** The `new_cluster` of a job or a run, and the body of `clusters/create`. */
export const newClusterSchema = schema('cluster specification', 'ClusterSpec');
/** The body of `jobs/create`. */
export const jobSchema = schema('job specification', 'CreateJob');
/** The body of `jobs/runs/submit`. */
export const runSchema = schema('run specification', 'SubmitRun');
/** The `libraries` of `libraries/install`. */
export const librariesSchema = schema('list of libraries', 'Library[]');

function schema(name: string, type: string) {
  return {
    name,
    textAt: (path: DocumentPath) => isTextIn(type, path),
    check: (document: Json) => {
      const form = otherForm(document, type);
      return form ? [form] : [...checkSpec(document, type)];
    },
  };
}
