import type { Json } from '../../json';
import { checkSpec } from './checkSpec';

/** What a job or a run takes as `new_cluster`, and `clusters/create` too. */
export const newClusterSchema = schema('cluster specification', 'ClusterSpec');
/** What `jobs/create` takes. */
export const jobSchema = schema('job specification', 'CreateJob');
/** What `jobs/runs/submit` takes. */
export const runSchema = schema('run specification', 'SubmitRun');
/** What `libraries/install` takes as `libraries`. */
export const librariesSchema = schema('list of libraries', 'Library[]');

function schema(name: string, type: string) {
  return { name, check: (document: Json) => [...checkSpec(document, type)] };
}
