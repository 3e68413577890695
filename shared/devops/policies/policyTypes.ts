import { isList, type Json, type JsonMap } from '../../json';

/** A kind of policy of branches. */
export interface PolicyType {
  readonly id: string;
  /** As on the page of branch policies. */
  readonly title: string;
  /** Settings in which two policies of this kind for one branch differ; empty where a branch can have one only. */
  readonly keys: readonly string[];
}

/** Source of the ids and settings: https://github.com/microsoft/terraform-provider-azuredevops/tree/main/azuredevops/internal/service/policy/branch. */
export const policyTypes = {
  minimumReviewers: {
    id: 'fa4e907d-c16b-4a4c-9dfa-4906e5d171dd',
    title: 'Require a minimum number of reviewers',
    keys: [],
  },
  linkedWorkItems: { id: '40e92b44-2fe1-4dd6-b3d8-74a9c21d0c6e', title: 'Check for linked work items', keys: [] },
  commentResolution: { id: 'c6a1889d-b943-4856-b76f-9e46bb6b0df2', title: 'Check for comment resolution', keys: [] },
  mergeTypes: { id: 'fa4e907d-c16b-4a4c-9dfa-4916e5d171ab', title: 'Limit merge types', keys: [] },
  buildValidation: {
    id: '0609b952-1397-4640-95ec-e00a01b2c241',
    title: 'Build validation',
    keys: ['buildDefinitionId'],
  },
  statusChecks: {
    id: 'cbdc66da-9728-4af8-aada-9a5a32e4a226',
    title: 'Status check',
    keys: ['statusName', 'statusGenre', 'authorId'],
  },
  automaticallyIncludedReviewers: {
    id: 'fd2167ab-b0be-447a-8ec8-39368250530e',
    title: 'Automatically included reviewers',
    keys: ['filenamePatterns', 'message'],
  },
} as const satisfies Readonly<Record<string, PolicyType>>;

/** What two policies of a branch have in common if they are the same policy. */
export function policyKey(typeId: string, settings: JsonMap): string {
  const type = typeOf(typeId);
  return [typeId.toLowerCase(), ...(type?.keys ?? []).map((name) => keyText(settings[name]))].join('\n');
}

/** The kind of a policy that is known; undefined for any other one. */
export function typeOf(id: string): PolicyType | undefined {
  return Object.values<PolicyType>(policyTypes).find((type) => type.id === id.toLowerCase());
}

/** What is empty is the same as what is missing. */
function keyText(value: Json | undefined): string {
  if (isList(value)) return value.map(keyText).join('\t');
  return typeof value === 'object' ? '' : String(value ?? '').toLowerCase();
}
