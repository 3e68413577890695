import type { JsonSchema } from '../documentSchema';
import environments from '../environments/environments.schema.json';
import pipelines from '../pipelines/pipelines.schema.json';
import branchPolicies from '../policies/branch_policies.schema.json';
import team from '../team/team.schema.json';
import variableGroups from '../variableGroups/variable_groups.schema.json';
import own from './onboarding.schema.json';

const parts = { team, pipelines, variableGroups, environments, branchPolicies } as Readonly<Record<string, JsonSchema>>;

/** The schema of a specification: its own, with the schemas of the parts that other steps take as documents of their own. */
export function composeSchema(): JsonSchema {
  const base = own as JsonSchema;
  const properties = Object.entries(parts).map(([name, part]) => [name, withoutHead(part)] as const);
  const definitions = Object.assign({}, ...Object.values(parts).map((part) => part.definitions ?? {})) as NonNullable<
    JsonSchema['definitions']
  >;
  return { ...base, properties: { ...base.properties, ...Object.fromEntries(properties) }, definitions };
}

/** A schema as a part of another one. */
function withoutHead(part: JsonSchema): JsonSchema {
  const ofDocument = new Set(['$schema', 'title', 'definitions']);
  return Object.fromEntries(Object.entries(part).filter(([name]) => !ofDocument.has(name)));
}
