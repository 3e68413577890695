/** The documents whose JSON Schema can be printed, with what they are. */
export const schemaKinds = {
  variables: 'Variable files of models: model_variables.yml, base_variables.yml',
  cluster: 'The specification of a cluster',
  job: 'The specification of a job',
  run: 'The specification of a one-time run',
  libraries: 'The list of libraries of a cluster',
  onboarding: 'The specification of a model in a project: onboarding.yml',
  'onboarding-plan': 'The plan that models onboard writes',
  team: 'The document of a team',
  pipelines: 'The document of pipelines',
  'variable-groups': 'The document of variable groups',
  environments: 'The document of environments and their checks',
  'branch-policies': 'The document of branch policies',
} as const;

export type SchemaKind = keyof typeof schemaKinds;

export function isSchemaKind(text: string | undefined): text is SchemaKind {
  return text !== undefined && Object.hasOwn(schemaKinds, text);
}
