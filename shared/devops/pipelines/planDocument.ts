import type { Context } from '../../agent/context';
import { errorAt, type Finding } from '../../finding';
import { isMap, type Json } from '../../json';
import { isWrite, throwIfStuck, type Change } from '../change';
import type { Devops } from '../devops';
import { documentSchema, type JsonSchema } from '../documentSchema';
import { environmentFindings, type EnvironmentEntry } from '../environments/document';
import environmentsSchema from '../environments/environments.schema.json';
import { planEnvironments } from '../environments/planEnvironments';
import { UnresolvedError } from '../unresolvedError';
import { isSecretMark, keyOf, variableGroupFindings, type VariableGroupEntry } from '../variableGroups/document';
import { planVariableGroups } from '../variableGroups/planVariableGroups';
import variableGroupsSchema from '../variableGroups/variable_groups.schema.json';
import type { AppliedPipeline } from './applyPipelines';
import { pipelineFindings, type PipelineEntry } from './document';
import pipelinesSchema from './pipelines.schema.json';
import { planPipelines, type PipelinesPlan } from './planPipelines';
import { secretKeysOf } from './secrets';
import type { WantedPipelines } from './wanted';

/** Pipelines, and the variable groups and environments that they use. */
export interface PipelinesDocument {
  /** The folder of pipelines that name none. */
  readonly folder?: string;
  readonly pipelines: readonly PipelineEntry[];
  readonly variableGroups?: readonly VariableGroupEntry[];
  readonly environments?: readonly EnvironmentEntry[];
}

const written = documentSchema('document of pipelines', {
  type: 'object',
  additionalProperties: false,
  required: ['pipelines'],
  properties: {
    folder: pipelinesSchema.items.properties.folder as JsonSchema,
    pipelines: pipelinesSchema as JsonSchema,
    variableGroups: variableGroupsSchema as JsonSchema,
    environments: environmentsSchema as JsonSchema,
  },
});

/** The kind of document that holds a PipelinesDocument. */
export const pipelinesDocumentSchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    if (found.length > 0 || !isMap(document)) return found;
    const { pipelines, folder, variableGroups = [], environments = [] } = document as unknown as PipelinesDocument;
    return [
      ...pipelineFindings(pipelines, { at: ['pipelines'], folder }),
      ...variableGroupFindings(variableGroups, ['variableGroups']),
      ...environmentFindings(environments, ['environments']),
    ];
  },
};

export interface WantedDocument extends Pick<
  WantedPipelines,
  'project' | 'repository' | 'updateSecrets' | 'grantPermissions' | 'firstRun'
> {
  readonly document: PipelinesDocument;
  /** Values of secrets by `pipeline/VARIABLE` and `group/VARIABLE`, without regard to case. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** A part of the plan. */
interface Part {
  readonly changes: readonly Change[];
  apply(): Promise<unknown>;
}

/**
 * Compares a document with a project. Its variable groups and environments come first, so that its pipelines can use them.
 * Sends nothing that writes. Throws what `planPipelines` throws; an UnresolvedError has what is wrong in all parts.
 */
export async function planDocument(devops: Devops, given: WantedDocument, context: Context): Promise<PipelinesPlan> {
  const { document, secrets, ...options } = given;
  const { pipelines, folder, variableGroups = [], environments = [] } = document;
  const { ofPipelines, ofGroups, findings } = sortedSecrets(document, secrets);
  const { project, updateSecrets } = options;
  const resources: Part[] = [];
  if (variableGroups.length > 0) {
    const wanted = { project, groups: variableGroups, secrets: ofGroups, updateSecrets: updateSecrets ?? false };
    resources.push(...(await collected(findings, () => planVariableGroups(devops, wanted, context))));
  }
  if (environments.length > 0)
    resources.push(...(await collected(findings, () => planEnvironments(devops, { project, environments }, context))));
  const planned = {
    variableGroups: variableGroups.map(({ name }) => name),
    environments: environments.map(({ name }) => name),
  };
  const wanted: WantedPipelines = { ...options, folder, pipelines, secrets: ofPipelines };
  const [plan] = await collected(findings, () => planPipelines(devops, { ...wanted, planned }, context));
  if (findings.length > 0 || !plan) throw new UnresolvedError(findings);
  const changes = [...resources.flatMap((part) => part.changes), ...plan.changes];
  return {
    changes,
    found: plan.found,
    async apply(): Promise<readonly AppliedPipeline[]> {
      throwIfStuck(changes);
      for (const part of resources) await part.apply();
      const isCurrent = !resources.some((part) => part.changes.some(isWrite));
      return (isCurrent ? plan : await planPipelines(devops, wanted, context)).apply();
    },
  };
}

/** The plan of a part; none where names in it are not found, which is added to the findings. */
async function collected<T>(findings: Finding[], plan: () => Promise<T>): Promise<readonly T[]> {
  try {
    return [await plan()];
  } catch (problem) {
    if (!(problem instanceof UnresolvedError)) throw problem;
    findings.push(...problem.findings);
    return [];
  }
}

/** Which values are for variables of pipelines, and which for those of groups. */
function sortedSecrets({ pipelines, variableGroups = [] }: PipelinesDocument, secrets: ReadonlyMap<string, string>) {
  const pipelineKeys = secretKeysOf(pipelines);
  const groupKeys = new Set(
    variableGroups.flatMap(({ name, variables }) =>
      Object.entries(variables).flatMap(([variable, value]) =>
        isSecretMark(value) ? [`${keyOf(name)}/${keyOf(variable)}`] : [],
      ),
    ),
  );
  const all = [...secrets];
  const findings: Finding[] = all
    .filter(([key]) => !pipelineKeys.has(keyOf(key)) && !groupKeys.has(keyOf(key)))
    .map(([key]) => errorAt([], `has no secret variable '${key}', for which a value is given.`));
  return {
    ofPipelines: new Map(all.filter(([key]) => pipelineKeys.has(keyOf(key)))),
    ofGroups: new Map(all.filter(([key]) => groupKeys.has(keyOf(key)))),
    findings,
  };
}
