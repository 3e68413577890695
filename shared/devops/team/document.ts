import { documentPathText, type DocumentPath, type Finding } from '../../finding';
import type { Json } from '../../json';
import { documentSchema, type JsonSchema } from '../documentSchema';
import type { RepositoryPermission } from './repositoryPermissions';
import schema from './team.schema.json';

/** A team as a document describes it. */
export interface TeamDocument {
  readonly name: string;
  /** Undefined for the one that the team has. */
  readonly description?: string | undefined;
  /** `project\area`, or the part below the project; either slash. */
  readonly areaPath?: string | undefined;
  /** Each an e-mail address, the name of a team or group, or the object id of a group of Microsoft Entra ID. */
  readonly members?: readonly string[] | undefined;
  /** As `members`. */
  readonly administrators?: readonly string[] | undefined;
  readonly repositoryPermissions?: readonly RepositoryPermission[] | undefined;
  /** Whether members that are neither in `members` nor in `administrators` are removed. */
  readonly removeOtherMembers?: boolean | undefined;
}

const written = documentSchema('definition of a team', schema as JsonSchema);

/** The kind of document that holds a TeamDocument. */
export const teamSchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    return found.length > 0 ? found : ruleFindings(document as unknown as TeamDocument);
  },
};

/** The characters that no group of Azure DevOps may have in its name, and its length. */
const teamName = /^(?!.*\.$)[^\\/[\]:|<>+=;?*,"\p{C}]{1,256}$/u;
/** https://learn.microsoft.com/azure/devops/organizations/settings/about-areas-iterations#naming-restrictions */
const areaName = /^(?!\.{1,2}$)(?=.*\S)[^$?*:"&<>#%|+\p{C}]{1,255}$/u;

/** What no schema can say. */
function ruleFindings({ name, areaPath, members, removeOtherMembers }: TeamDocument): readonly Finding[] {
  const findings: Finding[] = [];
  const add = (path: DocumentPath, problem: string): void => {
    findings.push({ path, message: `${documentPathText(path)} ${problem}`, severity: 'error' });
  };
  if (!teamName.test(name.trim()))
    add(
      ['name'],
      'must have 1 to 256 characters, none of them \\ / [ ] : | < > + = ; ? * , ", and must not end with a dot.',
    );
  if (areaPath !== undefined && !areaPath.split(/[\\/]/).every((part) => areaName.test(part)))
    add(
      ['areaPath'],
      'must be names of areas that are separated by \\, such as project\\area, none of them empty or with one of the characters $ ? * : " & < > # % | +, and must not begin with \\.',
    );
  if (removeOtherMembers === true && (members ?? []).length === 0)
    add(['removeOtherMembers'], 'needs members: without them, all members would be removed.');
  return findings;
}
