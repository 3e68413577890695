import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import type { Dictionary, Value } from '../expressions/value';
import { guidOf } from '../tasks/connections';
import type { RepositoryResource, Resources, RunResource } from './resources';
import { standInFor, type StandIns } from './standIns';

/** What the values of a resource are made of. */
export interface ResourceIdentity {
  /** Of the organisation; ends with a slash. */
  readonly collectionUri: string;
  readonly project: string;
}

/**
 * The variables that describe the resources of a run:
 * https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-pipelines-pipeline#pipeline-resource-metadata-as-predefined-variables
 * and https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/resources-repositories-repository#variables
 */
export function resourceVariables(
  { repositories, runs }: Resources,
  { runs: given }: Pick<StandIns, 'runs'>,
  identity: ResourceIdentity,
): Record<string, string> {
  const values = [
    ...repositories.map((each) => [`resources.repositories.${each.alias}`, ofRepository(each, identity)] as const),
    ...runs
      .filter(({ kind }) => kind === 'pipeline')
      .map((run) => {
        const own = standInFor(given, run.alias, run.source)?.values ?? {};
        return [`resources.pipeline.${run.alias}`, { ...ofRun(run, identity), ...own }] as const;
      }),
  ];
  return Object.fromEntries(
    values.flatMap(([prefix, named]) => Object.entries(named).map(([key, value]) => [`${prefix}.${key}`, value])),
  );
}

/** The `resources` of a runtime expression, which has repositories alone. */
export function resourcesValue({ repositories }: Resources, identity: ResourceIdentity): Dictionary {
  const values = repositories.map((each) => {
    const entries = Object.entries(ofRepository(each, identity));
    return [each.alias, new CaseInsensitiveMap<Value>(entries)] as const;
  });
  return new CaseInsensitiveMap<Value>([['repositories', new CaseInsensitiveMap<Value>(values)]]);
}

function ofRepository(
  { name, ref, type }: RepositoryResource,
  { collectionUri, project }: ResourceIdentity,
): Record<string, string> {
  const [owner, repository] = name.includes('/') ? name.split('/', 2) : [project, name];
  const url = type === 'github' ? `https://github.com/${name}` : `${collectionUri}${owner}/_git/${repository ?? name}`;
  return { name, ref, type, id: guidOf(`repository ${name}`), url, version: '0'.repeat(40) };
}

/** Without a project of its own, a run has no name of its project. */
function ofRun({ source, project: named }: RunResource, { project }: ResourceIdentity): Record<string, string> {
  return {
    ...(named === undefined ? {} : { projectName: named }),
    projectID: guidOf(`project ${named ?? project}`),
    pipelineName: source,
    pipelineID: '1',
    runName: '1',
    runID: '1',
    runURI: 'vstfs:///Build/Build/1',
    sourceBranch: 'refs/heads/main',
    sourceCommit: '0'.repeat(40),
    sourceProvider: 'TfsGit',
    requestedFor: 'Local user',
    requestedForID: guidOf('local user'),
  };
}
