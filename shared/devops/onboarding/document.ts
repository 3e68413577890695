import { documentPathText, type DocumentPath, type Finding } from '../../finding';
import { isMap, type Json } from '../../json';
import { documentSchema } from '../documentSchema';
import { environmentFindings, type EnvironmentEntry } from '../environments/document';
import { pipelineFindings, type PipelineEntry } from '../pipelines/document';
import { policySchema, type BranchPolicies } from '../policies/document';
import { branchName, importUrl, repositoryName, type NameRule } from '../repository/names';
import { teamSchema, type TeamDocument } from '../team/document';
import { variableGroupFindings, type VariableGroupEntry } from '../variableGroups/document';
import { composeSchema } from './composeSchema';

export interface TemplateEntry {
  /** Relative to the folder of the document. */
  readonly folder: string;
  readonly exclude?: readonly string[];
  readonly replace?: Readonly<Record<string, string>>;
}

export interface RepositoryEntry {
  /** That of the model by default. */
  readonly name?: string;
  readonly template?: TemplateEntry;
  readonly import?: {
    readonly url: string;
    /** The name of a service connection. */
    readonly connection?: string;
  };
  readonly defaultBranch?: string;
  readonly adoptExisting?: boolean;
}

/** All that a model has in a project, as a document describes it. What is undefined stays as it is. */
export interface OnboardingDocument {
  readonly model: string;
  /** By its name or id; that of the step by default. */
  readonly project?: string;
  readonly repository: RepositoryEntry;
  readonly team?: TeamDocument;
  /** The folder of pipelines that name none. */
  readonly pipelineFolder?: string;
  readonly pipelines?: readonly PipelineEntry[];
  readonly variableGroups?: readonly VariableGroupEntry[];
  readonly environments?: readonly EnvironmentEntry[];
  readonly branchPolicies?: BranchPolicies;
}

const written = documentSchema('onboarding specification', composeSchema());

/** The kind of document that holds an OnboardingDocument, after its tokens were replaced. */
export const onboardingSchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    if (!isMap(document)) return found;
    const isFine = (part: string): boolean =>
      document[part] !== undefined && !found.some(({ path }) => path[0] === part);
    return [...found, ...ruleFindings(document as unknown as OnboardingDocument, isFine)];
  },
};

/** What no schema can say of the parts that match it. */
function ruleFindings(
  { model, repository, team, pipelineFolder: folder, ...parts }: OnboardingDocument,
  isFine: (part: string) => boolean,
): readonly Finding[] {
  const { pipelines = [], variableGroups = [], environments = [], branchPolicies } = parts;
  return [
    ...(isFine('repository') && isFine('model') ? repositoryFindings(repository, model) : []),
    ...(isFine('team') ? within('team', teamSchema.check(team as unknown as Json)) : []),
    ...(isFine('pipelines') && (folder === undefined || isFine('pipelineFolder'))
      ? pipelineFindings(pipelines, { at: ['pipelines'], folder })
      : []),
    ...(isFine('variableGroups') ? variableGroupFindings(variableGroups, ['variableGroups']) : []),
    ...(isFine('environments') ? environmentFindings(environments, ['environments']) : []),
    ...(isFine('branchPolicies')
      ? within('branchPolicies', policySchema.check(branchPolicies as unknown as Json))
      : []),
  ];
}

function repositoryFindings(repository: RepositoryEntry, model: string): readonly Finding[] {
  const { name = model, template, import: source, defaultBranch } = repository;
  const at = (...path: DocumentPath): DocumentPath => ['repository', ...path];
  const findings: Finding[] = [];
  const require = (path: DocumentPath, text: string | undefined, { matches, rule }: NameRule): void => {
    if (text !== undefined && !matches.test(text)) findings.push(error(path, rule));
  };
  require(repository.name === undefined ? ['model'] : at('name'), name, repositoryName);
  require(at('defaultBranch'), defaultBranch?.replace(/^refs\/heads\//, ''), branchName);
  require(at('import', 'url'), source?.url, importUrl);
  if ((template === undefined) === (source === undefined))
    findings.push(error(at(), 'must have either a template or an import.'));
  for (const text of Object.keys(template?.replace ?? {}))
    if (text === '') findings.push(error(at('template', 'replace'), 'has an empty text, which cannot be replaced.'));
  return findings;
}

/** Findings of a part, as those of the whole document. */
export function within(part: string, findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => {
    const path = [part, ...finding.path];
    const before = documentPathText(finding.path);
    const isNamed = finding.message.startsWith(before);
    return {
      ...finding,
      path,
      message: isNamed ? documentPathText(path) + finding.message.slice(before.length) : finding.message,
    };
  });
}

function error(path: DocumentPath, problem: string): Finding {
  return { path, message: `${documentPathText(path)} ${problem}`, severity: 'error' };
}
