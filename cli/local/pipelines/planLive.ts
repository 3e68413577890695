import type { LiveNeeds, LivePlan } from '../../../local/commands/livePlan';
import type { FoundRun } from '../../../local/commands/foundRun';
import { TaskError } from '../../../shared/errors';
import { confirm } from '../../run/confirm';
import { databricksCredentials, type DatabricksCredentials } from '../../signIn/databricks/credentials';
import { UsageError, type OptionProblem } from '../../usageError';
import { signInContext } from '../doctor/contexts';
import type { LocalCall, LocalSurroundings } from '../localCommand';
import { flagOption } from '../options';
import { namedTexts } from './wantedRun';

/**
 * What a live run uses: the profile of each connection, after the person has agreed. Nothing is sent before, except for a
 * token where a program gives one. Throws a TaskError or UsageError that lists everything that keeps the pipeline from running.
 */
export async function planLive(
  found: FoundRun,
  { call, stages }: { readonly call: LocalCall; readonly stages: readonly string[] },
  surroundings: LocalSurroundings,
): Promise<LivePlan> {
  const { liveNeeds } = await import('../../../local/commands/livePlan');
  const needs = liveNeeds(found, stages);
  if (needs.problems.length > 0)
    throw new TaskError(
      `Nothing was run. These steps of ${found.request.file} cannot be run live on this machine; choose other stages with --stage, or run the pipeline in Azure Pipelines:${lines(needs.problems)}`,
    );
  const credentials = credentialsOf(needs, call, surroundings);
  if (!flagOption(call, 'yes')) await confirm([{ when: {}, warns: question(found, needs, credentials) }], surroundings);
  const connections: LivePlan['connections'][number][] = [];
  for (const [name, of] of credentials) connections.push(await connectionOf(name, of, surroundings));
  return { ...needs, connections };
}

function credentialsOf(
  { databricks }: LiveNeeds,
  call: LocalCall,
  surroundings: LocalSurroundings,
): ReadonlyMap<string, DatabricksCredentials> {
  const problems: OptionProblem[] = [];
  const profiles = new Map(namedTexts(call, 'connection', problems));
  for (const name of profiles.keys())
    if (!databricks.includes(name))
      problems.push({ option: '--connection', problem: `names ${name}, which these steps do not use.` });
  const unnamed = databricks.filter((name) => !profiles.has(name));
  // One profile for several connections would, for example, send what is for test to production.
  if (databricks.length > 1 && unnamed.length > 0)
    problems.push({
      option: '--connection',
      problem: `is required for each connection of these steps: ${unnamed.map((name) => `--connection ${name}=<profile>`).join(' ')}.`,
    });
  if (problems.length > 0) throw new UsageError(problems);
  const context = signInContext(call, surroundings);
  return new Map(
    databricks.map((name) => {
      const profile = profiles.get(name);
      const options = profile === undefined ? context.options : { ...context.options, profile };
      return [name, databricksCredentials({ ...context, options, note: surroundings.say })];
    }),
  );
}

function question(
  { request }: FoundRun,
  { steps, environments }: LiveNeeds,
  credentials: ReadonlyMap<string, DatabricksCredentials>,
): string {
  const used = [...credentials].map(([name, { url, source }]) => `\n  - ${name}: ${url} (${source})`);
  return [
    `${request.file} runs on this machine with real services.`,
    ...(used.length > 0 ? [`Connections:${used.join('')}\nSteps that use them:${lines(steps)}\n`] : []),
    ...(environments.length > 0
      ? [`Approvals and checks do not apply on this machine: ${environments.join(', ')}.`]
      : []),
    'Values that are saved in the Models hub are not used.',
  ].join(' ');
}

async function connectionOf(
  name: string,
  credentials: DatabricksCredentials,
  { signal, say, setSecret }: LocalSurroundings,
): Promise<LivePlan['connections'][number]> {
  const common = { name, type: 'databricksworkspace', url: credentials.url };
  if (credentials.issuer) {
    const { token, lifeSeconds } = await credentials.issuer.issue(credentials.url, signal);
    setSecret(token);
    say(
      `The token for ${name} is valid for ${Math.floor(lifeSeconds / 60)} minutes and is not renewed; steps after that fail.`,
    );
    return { ...common, scheme: 'Token', parameters: { apitoken: token } };
  }
  const parameters = Object.fromEntries(
    ['apitoken', 'username', 'password'].flatMap((parameter) => {
      const value = credentials.authorization(parameter);
      return value === undefined ? [] : [[parameter, value]];
    }),
  );
  const clientId = credentials.data('clientId');
  return { ...common, scheme: credentials.scheme, parameters, ...(clientId !== undefined && { data: { clientId } }) };
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `\n  - ${text}`).join('');
}
