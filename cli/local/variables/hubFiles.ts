import { CancelledError, InputError, TaskError } from '../../../shared/errors';
import type { Report } from '../../../shared/variables/origin';
import type { VariableFile } from '../../../shared/variables/variableFile';
import { systemClock } from '../../../shared/clock';
import { readInputs } from '../../../shared/task/readInputs';
import { defineTask, type Values } from '../../../shared/task/task';
import { hubInputs, hubProblems, loadHub } from '../../../tasks/LoadModelVariables/hub';
import { terminalAgent } from '../../agent/terminalAgent';
import type { CliInput } from '../../manifest';
import { optionProblems, terminalMessage } from '../../run/nameProblems';
import { signInConnections } from '../../signIn/connections';
import { SignInRequired } from '../../signIn/signInRequired';
import { UsageError } from '../../usageError';
import { signInContext } from '../doctor/contexts';
import type { LocalCall, LocalSurroundings } from '../localCommand';
import { textOption } from '../options';

/** What the hub has: later sources than the file of the same name. */
export interface HubFiles {
  readonly hubModel?: VariableFile | undefined;
  readonly hubBase?: VariableFile | undefined;
}

/** Of `variables load`, with the same names and meaning. */
const ownOptions = ['registry', 'registryModel', 'registryRevision', 'registryBaseRevision'] as const;

/** A service that does not answer is given up within this time. */
const secondsForAnswers = 60;

/** What problems call them. */
const names: readonly CliInput[] = Object.keys(hubInputs).map((name) => ({
  name,
  type: 'string',
  help: '',
  isRequired: false,
}));

/**
 * The values of the hub, as LoadModelVariables reads them with the same options: none without `--registry`. Throws a UsageError
 * for options that cannot be used, a SignInRequired, and a TaskError where the hub is required and cannot be read.
 */
export async function hubFiles(
  call: LocalCall,
  surroundings: LocalSurroundings,
  modelFile: VariableFile,
  report: Report,
): Promise<HubFiles> {
  const given = ownOptions.flatMap((name) => {
    const text = textOption(call, name);
    return text === undefined ? [] : [[name, { text }] as const];
  });
  if (given.length === 0) return {};
  try {
    return await read(new Map(given), call, surroundings, modelFile, report);
  } catch (error) {
    if (error instanceof CancelledError || error instanceof SignInRequired) throw error;
    if (error instanceof InputError) throw new UsageError(optionProblems(error, names).map(withOwnName));
    if (error instanceof TaskError) throw new TaskError(terminalMessage(error.message, error, names), { cause: error });
    throw error;
  }
}

async function read(
  given: ReadonlyMap<string, { readonly text: string }>,
  call: LocalCall,
  surroundings: LocalSurroundings,
  modelFile: VariableFile,
  report: Report,
): Promise<HubFiles> {
  const { terminal, environment, workingFolder, signal, say } = surroundings;
  const signIn = await signInConnections({
    ...signInContext(call, surroundings),
    note: say,
    inputs: [
      { name: 'azureConnection', type: 'connectedService:AzureRM' },
      { name: 'devopsConnection', type: 'connectedService:externaltfs' },
    ],
  });
  const agent = terminalAgent({
    terminal,
    values: new Map([...Object.entries(signIn.values).map(([name, text]) => [name, { text }] as const), ...given]),
    fileInputs: [],
    connection: (id) => signIn.connection(id),
    environment,
    workingFolder,
    // Reading starts nothing that a later call could attach to.
    onResumable: () => undefined,
    seed: '',
  });
  const context = { agent, clock: systemClock, signal, deadline: systemClock.now() + secondsForAnswers * 1000 };
  const inputs = readInputs(hubTask, agent);
  const { hubModel, hubBase } = (await loadHub(inputs, modelFile, context, report)) ?? {};
  return { hubModel, hubBase };
}

/** The inputs with their rules; what the task does with them is not wanted here. */
const hubTask = defineTask({
  inputs: hubInputs,
  outputs: [],
  check: (given: Partial<Values<typeof hubInputs>>) => hubProblems(given),
  run: () => Promise.resolve(''),
});

/** The organization has an option of the sign-in here, and no other. */
function withOwnName({ option, problem }: { readonly option: string; readonly problem: string }) {
  return { option: option === '--organization-url' ? '--organization' : option, problem };
}
