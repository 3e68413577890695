import { changeText, isWrite, type Change } from '../../shared/devops/change';
import type { Devops } from '../../shared/devops/devops';
import { documentSchema, type JsonSchema } from '../../shared/devops/documentSchema';
import type { EnvironmentEntry } from '../../shared/devops/environments/document';
import environments from '../../shared/devops/environments/environments.schema.json';
import { planEnvironments } from '../../shared/devops/environments/planEnvironments';
import { UnresolvedError } from '../../shared/devops/unresolvedError';
import type { VariableGroupEntry } from '../../shared/devops/variableGroups/document';
import { planVariableGroups } from '../../shared/devops/variableGroups/planVariableGroups';
import variableGroups from '../../shared/devops/variableGroups/variable_groups.schema.json';
import { InputError } from '../../shared/errors';
import type { Context } from '../../shared/agent/context';
import { documentProblem } from '../../shared/task/checkDocument';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { sourceOfDocument } from '../../shared/task/document';
import { document, flag, sensitivePairs } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

/** What an area plans. */
interface Plan {
  readonly changes: readonly Change[];
  apply(): Promise<ReadonlyMap<string, number>>;
}

const schema = documentSchema('document of resources', {
  type: 'object',
  additionalProperties: false,
  properties: { variableGroups: variableGroups as JsonSchema, environments: environments as JsonSchema },
});

interface Resources {
  readonly variableGroups?: readonly VariableGroupEntry[];
  readonly environments?: readonly EnvironmentEntry[];
}

/** A step that does nothing but plan and apply the resources of a document. */
export const resourcesTask = defineTask({
  inputs: {
    ...devopsConnection,
    document: document({ required: true, schema }),
    secretVariables: sensitivePairs(),
    updateSecrets: flag({ default: false }),
    dryRun: flag({ default: false }),
  },
  outputs: ['change', 'ids'],

  async run({ inputs, agent, context, setOutput }) {
    const devops = openOrganization(inputs, context);
    const given = inputs.document as Resources & typeof inputs.document;
    const secrets = new Map(
      Object.entries(inputs.secretVariables ?? {}).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : '',
      ]),
    );
    const { updateSecrets } = inputs;
    const wanted = { project: projectOf(inputs, context), ...given, secrets, updateSecrets };
    const plan = await planOf(devops, wanted, context).catch((error: unknown) => {
      if (!(error instanceof UnresolvedError)) throw error;
      const problem = documentProblem(schema.name, error.findings, sourceOfDocument(given));
      throw new InputError([{ input: 'document', problem }]);
    });
    for (const change of plan.changes) agent.log(changeText(change));
    if (!inputs.dryRun) setOutput('ids', JSON.stringify(Object.fromEntries(await plan.apply())));
    setOutput('change', plan.changes.some(isWrite) ? 'updated' : 'unchanged');
    return 'Done.';
  },
});

interface Wanted extends Resources {
  readonly project: string;
  readonly secrets: ReadonlyMap<string, string>;
  readonly updateSecrets: boolean;
}

function planOf(
  devops: Devops,
  { variableGroups: groups, environments: given = [], ...wanted }: Wanted,
  context: Context,
): Promise<Plan> {
  return groups
    ? planVariableGroups(devops, { ...wanted, groups }, context)
    : planEnvironments(devops, { ...wanted, environments: given }, context);
}
