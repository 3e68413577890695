import type { Issue, Result } from '../report';
import { artifactCommands, buildCommands } from './buildCommands';
import { parseCommand, type Command } from './parseCommand';
import { CommandError, type CommandContext } from './commandContext';
import { publishResults } from './publishResults';
import { setEndpoint } from './setEndpoint';
import { setSecret, setTaskVariable, setVariable } from './variableCommands';
import { addAttachment, uploadFile, uploadSummary } from './fileCommands';

type Handler = (command: Command, context: CommandContext) => void;

const ignored: Handler = () => undefined;

const taskCommands: Readonly<Record<string, Handler>> = {
  logissue: logIssue,
  issue: logIssue,
  complete,
  debug,
  setprogress: setProgress,
  logdetail: ignored,
  setsecret: setSecret,
  setvariable: setVariable,
  settaskvariable: setTaskVariable,
  addattachment: addAttachment,
  uploadsummary: uploadSummary,
  uploadfile: uploadFile,
  prependpath: ({ data }, { job }) => void job.prependedPaths.unshift(data),
  setendpoint: setEndpoint,
};

const areas: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  task: taskCommands,
  artifact: artifactCommands,
  build: buildCommands,
  results: { publish: publishResults },
  codecoverage: { publish: noted('code coverage'), enable: noted('code coverage') },
  telemetry: { publish: ignored },
};

/** What is left to a step whose commands are restricted. */
const unrestricted = [
  'task.logdetail',
  'task.logissue',
  'task.issue',
  'task.complete',
  'task.setprogress',
  'task.setsecret',
  'task.setvariable',
  'task.debug',
  'task.settaskvariable',
  'task.prependpath',
  'telemetry.publish',
];

const results: readonly Result[] = ['Succeeded', 'SucceededWithIssues', 'Failed', 'Canceled', 'Skipped'];

/** One line of a step's output: a logging command is carried out, anything else is written to the log. */
export function handleLine(line: string, context: CommandContext): void {
  const command = parseCommand(line);
  if (!command) {
    context.record.write(line);
    return;
  }
  const name = `${command.area}.${command.event}`;
  const handler = areas[command.area]?.[command.event];
  if (!handler) {
    context.record.warning(`'##vso[${name}]' is not a supported logging command.`);
  } else if (
    context.restrictions.some(({ areCommandsRestricted }) => areCommandsRestricted) &&
    !unrestricted.includes(name)
  ) {
    context.record.warning(`'##vso[${name}]' is not allowed in this step, whose commands are restricted.`);
  } else {
    carryOut(handler, command, name, context);
  }
}

function carryOut(handler: Handler, command: Command, name: string, context: CommandContext): void {
  try {
    handler(command, context);
  } catch (error) {
    if (!(error instanceof CommandError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    context.record.fail(`Unable to process '##vso[${name}]': ${(error as Error).message}`);
  }
}

function logIssue({ properties, data }: Command, { record }: CommandContext): void {
  const type = properties.get('type')?.toLowerCase();
  if (type !== 'error' && type !== 'warning') throw new CommandError("'type' must be 'error' or 'warning'");
  const [file, code] = [properties.get('sourcepath'), properties.get('code')];
  const [line, column] = [Number(properties.get('linenumber')), Number(properties.get('columnnumber'))];
  const issue: Issue = {
    type,
    message: data,
    ...(file ? { file } : {}),
    ...(line > 0 ? { line } : {}),
    ...(column > 0 ? { column } : {}),
    ...(code ? { code } : {}),
  };
  record.issue(issue);
}

function complete({ properties, data }: Command, { record, onDone }: CommandContext): void {
  const text = properties.get('result') ?? '';
  const result = results.find((known) => known.toLowerCase() === text.toLowerCase());
  if (!result) throw new CommandError(`'${text}' is not a result: expected one of ${results.join(', ')}`);
  record.complete(result, data);
  if (data !== '') record.write(data);
  if (properties.get('done')?.toLowerCase() === 'true') onDone();
}

/** The service would show it; the log doesn't. */
function setProgress({ properties }: Command): void {
  const value = properties.get('value') ?? '';
  if (!/^\d+$/.test(value) || Number(value) > 100) throw new CommandError(`'${value}' is not a percentage`);
}

/** Shown only when the run has `System.Debug` set. */
function debug({ data }: Command, { job, record }: CommandContext): void {
  if (job.variables.get('System.Debug')?.toLowerCase() === 'true') record.write(`##[debug]${data}`);
}

function noted(what: string): Handler {
  return (_command, { record }) => record.note(`The local agent ignores ${what}.`);
}
