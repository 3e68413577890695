import type { ProblemKind } from './origin';

/** Why a name or a text is not allowed, as the words that follow it. */
export interface Refusal {
  readonly message: string;
  readonly kind?: ProblemKind;
}

const secretWords =
  /(^|_)(password|passwd|pwd|passphrase|secrets?|token|credentials?|pat|sas|((api|access|account|auth|encryption|master|private|shared|signing|storage|subscription)_?key)|connection_?string)$/;

const secretTexts: readonly RegExp[] = [
  /\b(dapi|dose)[0-9a-f]{32}/, // Databricks
  /\bgh[pousr]_\w{30,}|\bgithub_pat_\w{30,}/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, // Amazon
  /\bAIza[\w-]{35}/, // Google
  /\bxox[abprs]-[\w-]{10,}/, // Slack
  /\b[\w~.-]{3}[78]Q~[\w~.-]{31,}/, // Entra ID
  /\b[a-z2-7]{52}\b|\b\w{76}AZDO\w{4}\b/, // Azure DevOps
  /\beyJ[\w-]{10,1000}\.[\w-]{10,}\./, // a JSON Web Token
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)=|[?&]sig=/i,
  /\bBearer +[\w.-]{16,}/,
  /:\/\/[^/\s:@]+:[^/\s:@]+@/,
];

const systemFamilies =
  /^(agent|azp|build|dyld|endpoint|input|ld|node|pipeline|release|secret|securefile|system|vsts)_|^(bash_env|home|path|pathext|pythonpath|tf_build)$/i;

/** Why a name is not allowed for a variable. */
export function nameProblem(name: string): Refusal | undefined {
  if (!/^[a-z]\w{0,99}$/i.test(name))
    return {
      message: 'is not a valid name: use letters, digits and _, at most 100 characters, beginning with a letter.',
    };
  return secretNameProblem(name);
}

/** Why a name must not be used for a value that is not secret. */
export function secretNameProblem(name: string): Refusal | undefined {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[\W_]+/g, '_')
    .toLowerCase();
  if (!secretWords.test(words)) return undefined;
  return {
    message:
      'looks like a secret, which must not be stored here: use a secret variable or a secret scope. If it is not a secret, rename it.',
    kind: 'secret',
  };
}

/** Why a text is not allowed as a value. */
export function textProblem(text: string): Refusal | undefined {
  if (secretTexts.some((pattern) => pattern.test(text)))
    return {
      message: 'looks like a secret, which must not be stored here: use a secret variable or a secret scope.',
      kind: 'secret',
    };
  if (/##(vso)?\[/i.test(text))
    return { message: 'contains a logging command (##), which the agent would execute when it is printed.' };
  if (/\$\(|\$\[|\$\{\{/.test(text))
    return {
      message:
        'contains an Azure Pipelines expression ($), which is not evaluated here: refer to another value with {{name}}, or pass it as an override.',
    };
  if (/[^\P{Cc}\n]|[\u2028\u2029]|\p{Cs}/u.test(text))
    return { message: 'must not contain control characters other than line breaks, or unpaired surrogates.' };
  return undefined;
}

/** Whether an output variable of this name would replace one of the agent or the shell in the environment of later steps. */
export function isSystemVariable(name: string): boolean {
  return systemFamilies.test(name);
}
