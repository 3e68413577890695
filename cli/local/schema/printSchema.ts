import { writeFile } from 'node:fs/promises';
import environments from '../../../shared/devops/environments/environments.schema.json';
import { composeSchema } from '../../../shared/devops/onboarding/composeSchema';
import onboardingPlan from '../../../shared/devops/onboarding/onboarding_plan.schema.json';
import pipelines from '../../../shared/devops/pipelines/pipelines.schema.json';
import branchPolicies from '../../../shared/devops/policies/branch_policies.schema.json';
import team from '../../../shared/devops/team/team.schema.json';
import variableGroups from '../../../shared/devops/variableGroups/variable_groups.schema.json';
import { fileError } from '../../../shared/files/fileError';
import variables from '../../../shared/variables/schema/model_variables.schema.json';
import { UsageError } from '../../usageError';
import type { LocalRun } from '../localCommand';
import { pathOption } from '../options';
import { isSchemaKind, schemaKinds, type SchemaKind } from './schemaKinds';
import { specJsonSchema } from './specJsonSchema';

const schemas: Readonly<Record<SchemaKind, () => object>> = {
  variables: () => variables,
  cluster: () => specJsonSchema('Cluster specification', 'ClusterSpec'),
  job: () => specJsonSchema('Job specification', 'CreateJob'),
  run: () => specJsonSchema('Run specification', 'SubmitRun'),
  libraries: () => specJsonSchema('List of libraries', 'Library[]'),
  onboarding: composeSchema,
  'onboarding-plan': () => onboardingPlan,
  team: () => team,
  pipelines: () => pipelines,
  'variable-groups': () => variableGroups,
  environments: () => environments,
  'branch-policies': () => branchPolicies,
};

/** Prints the JSON Schema (draft 07) of a kind of document, or writes it to a file, for editors. */
export const run: LocalRun = async (call, { workingFolder }) => {
  const [kind] = call.arguments;
  if (!isSchemaKind(kind))
    throw new UsageError([{ option: '', problem: `Name one of ${Object.keys(schemaKinds).join(', ')}.` }]);
  const text = `${JSON.stringify(schemas[kind](), null, 2)}\n`;
  const file = pathOption(call, 'file', workingFolder);
  if (file === undefined)
    return { result: 'Succeeded', message: `The schema of ${kind}.`, outputs: { schema: text }, text };
  await writeFile(file, text).catch((error: unknown) => {
    throw fileError(file, error, 'written');
  });
  return { result: 'Succeeded', message: `Wrote the schema of ${kind} to ${file}.`, outputs: { file } };
};
