/** What a name must match, and what that means, as the words that follow it. */
export interface NameRule {
  readonly matches: RegExp;
  readonly rule: string;
}

/** https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions (Azure Repos). */
export const repositoryName: NameRule = {
  matches: /^(?![_.])(?!.*\.$)[^\\/:*?"<>|;#${},+=[\]\p{C}]{1,64}$/u,
  rule: 'must have 1 to 64 characters, none of them \\ / : * ? " < > | ; # $ { } , + = [ ], must not begin with _ or a dot, and must not end with a dot.',
};

/** https://git-scm.com/docs/git-check-ref-format. */
export const branchName: NameRule = {
  matches: /^(?!\/|.*(\/\/|\.\.|@\{|\/\.|\.lock(\/|$)))(?!\.)[^\s~^:?*[\\\p{C}]+(?<![/.])$/u,
  rule: 'must be the name of a branch, such as main.',
};

/** Names of variables of templates: what a token can have between its braces. */
export const variableName: NameRule = {
  matches: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  rule: 'must consist of letters, digits, _ and - and must not begin with a digit or -.',
};

/** The clone URL of a source that is imported, without credentials. */
export const importUrl: NameRule = {
  matches: /^https:\/\/[^/@\s]+\/\S+$/,
  rule: 'must be an https URL without a user name or password.',
};
