import type { Words } from '../../shared/agent/agent';

export const terminalWords: Words = {
  turnOnDebug: 'add --debug',
  thisStep: 'this command',
  thisMachine: 'this machine',
  startAgain: 'Run the command again',
  connectionMissing: 'is not available: sign in first.',
  missing: {
    organization:
      'is required, because the current folder is not in a clone of a repository of Azure DevOps, and az devops configure has set no default.',
    project: 'is required, because the current folder is not in a clone of a repository of this organization.',
    repository: 'is required.',
  },
};

type Phrases = readonly (readonly [pipeline: RegExp, terminal: string])[];

/** What messages say of a pipeline, and what it is in a terminal. The longest phrases are first. */
const ofMessages: Phrases = [
  // Where the value of a variable comes from.
  [/\binput '(overrides|environment)'/g, '--$1'],
  [/ until the job ends\b/g, ''],
  [/\b[Qq]ueue a new pipeline run\b/g, 'Run the command again'],
  [/\b([Aa]nother|other) pipeline (runs?)\b/g, '$1 $2'],
  [/\bthe pipeline run\b/g, 'the run'],
  [/, or convert the connection to token federation, which needs no renewal/g, ''],
  [/\bGive the group of this step another name\b/g, 'Give the group another name'],
  [/\bGive the pipeline of this step another name\b/g, 'Give the pipeline another name'],
  [/\b([Tt])(?:his|he) step\b/g, '$1he command'],
  [/\bRun (?:the|this) step\b/g, 'Run the command'],
  [
    /, or use an agent at an(?: allowed)? address(?: on it)?\b(?:: the addresses of Microsoft-hosted agents change every week)?/g,
    '',
  ],
  [/\bUse a self-hosted agent in a network\b/g, 'Use a machine in a network'],
  [/\bthis needs an agent on an Azure machine\b/g, 'this needs an Azure machine'],
  [/\bthe Azure machine of the agent\b/g, 'this Azure machine'],
  [/\bthe machine that the agent runs on\b/g, 'this machine'],
  [/\bthe user that runs the agent\b/g, 'this user'],
  [/\bthe (?:proxy that the agent is configured with)\b/g, 'the proxy of HTTPS_PROXY or HTTP_PROXY'],
  [
    /\bconfigure the agent with the certificate of that authority \(--sslcacert\)/g,
    'name the certificate of that authority in NODE_EXTRA_CA_CERTS',
  ],
  [
    /\bConfigure the agent with the user name and password for its proxy (\S+) \(--proxyusername, --proxypassword\)/g,
    'Add the user name and password for the proxy $1 to HTTPS_PROXY',
  ],
  [/\bproxy \(--proxyurl\)/g, 'proxy (HTTPS_PROXY)'],
  [/\bthe agent machine\b/g, 'this machine'],
  [/\b([Tt])he agent's\b/g, "$1his machine's"],
  [/\b([Tt])he agent\b(?! pools?\b)/g, '$1his machine'],
  [/\bgiven by the pipeline\b/g, 'given by the command'],
  [/\b(contains a secret) of the job\b/g, '$1'],
  [/\bthe folders of the job\b/g, 'the folders that the command may use'],
  [/\bSet 'lfs: true' on the checkout step of the pipeline\b/g, 'Run git lfs pull'],
  [/\b(Deploy them) in several steps\b/g, '$1 with several commands'],
  [/\b(Deploy each) with its own step\b/g, '$1 with its own command'],
  [/\b(fit in the environment) of later steps\b/g, '$1 of a program'],
  [/\bthis task(?= (?:adds its own|created|imported|deployed|did not import)\b)/g, 'this command'],
  [/\b((?:created|imported) by|version of) this task\b/g, '$1 this command'],
  [/\bwith the task SyncModelVariables\b/g, 'with mloccli variables sync'],
  [
    /\bnames a variable of the pipeline that is not defined, for ([^.]*)\. Define it as a secret\./g,
    'has the form $(name), which only a pipeline replaces, for $1. Use name=env:VARIABLE.',
  ],
  [/\b(created) by a step\b/g, '$1 by a command'],
  [/\bof the service connection\b/g, 'of the sign-in'],
  [/\b(?:a|the|this) service connection\b/g, 'the sign-in'],
  [/ \((?:System\.AccessToken|its System\.AccessToken|System\.OidcRequestUri)\)/g, ''],
  [
    /: the sources, the working folder and the temporary folder of the job\b/g,
    ': the repository of the current folder, the temporary folder and what the options name',
  ],
];

/** What only help says, in which nothing comes from services and files. */
const ofHelp: Phrases = [
  [/\b(Defaults to the project|else to that) of the pipeline\b/g, '$1 of the repository in the current folder'],
  [/ ?Defaults to the repository of the pipeline\./g, ''],
  [/ ?Use (?:a secret variable|secret variables) of the pipeline(?: as values)?\./g, ''],
  [/\ba temporary folder that (?:the agent deletes after the job|is deleted when the job ends)/g, 'a temporary folder'],
  [/\bthe folder that the job has checked out\b/g, 'the current folder'],
  [/\bThe folder on the agent\b/g, 'The folder'],
  [/\bon a Windows agent\b/g, 'on Windows'],
  [/\$\(training\.notebookOutput\) of RunJob/g, 'notebookOutput of jobs run'],
  [/\$\(Build\.BuildId\)/g, '7'],
  [/=\$\(secret\)/g, '=env:NAME'],
  [/=\$\((\w+)\)/g, '=env:$1'],
  [/\b([Tt])he task\b/g, '$1he command'],
];

/** A text of ours as it is shown in a terminal. */
export function inTerminalWords(text: string): string {
  return replaced(text, ofMessages);
}

/** The help of an input as it is shown in a terminal. */
export function helpInTerminalWords(text: string): string {
  return replaced(replaced(text, ofHelp), ofMessages);
}

function replaced(text: string, phrases: Phrases): string {
  return phrases.reduce((changed, [pipeline, terminal]) => changed.replaceAll(pipeline, terminal), text);
}
