import type { DocumentPath, Finding } from '../../finding';
import { isList, isMap, type Json, type JsonMap } from '../../json';
import { specTypes } from './specTypes';

/** A form that a specification also exists in elsewhere, and where the specification is in it. */
type Recognize = (document: JsonMap) => Finding | undefined;

/**
 * Recognizes a document that has the settings of a specification in another form: the response to a request, a part of a
 * bundle, the format of an earlier version of the API. The finding tells what to use of it.
 */
export function otherForm(document: Json, type: string): Finding | undefined {
  if (!isMap(document)) return undefined;
  for (const recognize of forms[type] ?? []) {
    const finding = recognize(document);
    if (finding) return finding;
  }
  return undefined;
}

const forms: Readonly<Record<string, readonly Recognize[]>> = {
  CreateJob: [bundleOf('jobs'), jobAnswer, jobChange, singleTask('CreateJob')],
  SubmitRun: [bundleOf('jobs'), jobAnswer, jobChange, runAnswer, singleTask('SubmitRun')],
  ClusterSpec: [bundleOf('clusters'), clusterAnswer, jobCluster],
};

/** https://docs.databricks.com/aws/en/dev-tools/bundles/settings */
function bundleOf(kind: 'jobs' | 'clusters'): Recognize {
  const namesIn = (resources: Json | undefined): readonly string[] => {
    const named = isMap(resources) ? resources[kind] : undefined;
    return isMap(named) ? Object.keys(named) : [];
  };
  return (document) => {
    const { resources, targets, [kind]: listed } = document;
    if (isList(listed)) return found([kind], `This is the response of ${kind}/list.`, [`one of its ${kind}`]);
    const places: readonly DocumentPath[] = [
      ...namesIn(document).map((name) => [kind, name]),
      ...namesIn(resources).map((name) => ['resources', kind, name]),
      ...Object.entries(isMap(targets) ? targets : {}).flatMap(([target, settings]) =>
        namesIn(isMap(settings) ? settings['resources'] : undefined).map((name) => [
          'targets',
          target,
          'resources',
          kind,
          name,
        ]),
      ),
    ];
    const [first] = places;
    if (first)
      return found(
        first,
        'This is a bundle.',
        places.map((place) => place.join('.')),
      );
    const part = ['resources', 'bundle', 'targets'].find((name) => isMap(document[name]));
    return part === undefined ? undefined : found([part], 'This is a bundle.', [`one of its resources.${kind}`]);
  };
}

function jobAnswer({ settings, tasks }: JsonMap): Finding | undefined {
  return isMap(settings) && tasks === undefined
    ? found(['settings'], 'This is the response of jobs/get.', ['settings'])
    : undefined;
}

function jobChange({ new_settings }: JsonMap): Finding | undefined {
  return isMap(new_settings)
    ? found(['new_settings'], 'This is the body of jobs/reset or jobs/update.', ['new_settings'])
    : undefined;
}

function runAnswer(document: JsonMap): Finding | undefined {
  if (document['run_id'] === undefined || (document['state'] ?? document['status']) === undefined) return undefined;
  const message = `This is the response of jobs/runs/get. Remove what is not a setting, also from its tasks: ${unknownFields(document, 'SubmitRun').join(', ')}.`;
  return { path: ['run_id'], message, severity: 'error' };
}

/** The service answers what was specified in `spec`: https://docs.databricks.com/api/azure/workspace/clusters/get. */
function clusterAnswer(document: JsonMap): Finding | undefined {
  const { cluster_id, state, spec } = document;
  if (isMap(spec)) return found(['spec'], 'This is the response of clusters/get.', ['spec']);
  if (cluster_id === undefined || state === undefined) return undefined;
  const message = `This is the response of clusters/get. Remove what is not a setting: ${unknownFields(document, 'ClusterSpec').join(', ')}.`;
  return { path: ['cluster_id'], message, severity: 'error' };
}

function jobCluster({ new_cluster }: JsonMap): Finding | undefined {
  return isMap(new_cluster) ? found(['new_cluster'], 'This is the cluster of a job.', ['new_cluster']) : undefined;
}

/** https://docs.databricks.com/reference/jobs-api-2-1-updates.html: a job of API 2.0 is one task without `tasks`. */
function singleTask(type: string): Recognize {
  return (document) => {
    if (document['tasks'] !== undefined) return undefined;
    const ofTask = unknownFields(document, type).filter((name) => Object.hasOwn(specTypes['Task'] ?? {}, name));
    const [decisive] = ofTask.filter((name) => /_task$|^new_cluster$|^existing_cluster_id$/.test(name));
    if (decisive === undefined) return undefined;
    const message = `This is the format of Jobs API 2.0. Move these fields into an item of tasks, together with a task_key: ${ofTask.join(', ')}.`;
    return { path: [decisive], message, severity: 'error' };
  };
}

function unknownFields(document: JsonMap, type: string): readonly string[] {
  return Object.keys(document).filter((name) => !Object.hasOwn(specTypes[type] ?? {}, name));
}

function found(path: DocumentPath, what: string, contents: readonly string[]): Finding {
  const content =
    contents.length === 1 ? `the content of ${contents.join()}` : `the content of one of ${contents.join(', ')}`;
  return { path, message: `${what} Use only ${content}.`, severity: 'error' };
}
