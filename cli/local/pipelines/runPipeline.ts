import type { RunResult, RunSurroundings } from '../../../local/commands/runOnce';
import type { DeployingStages } from '../../../local/commands/stagesUpTo';
import type { TaskResult } from '../../../shared/agent/agent';
import { exitCodes } from '../../exitCodes';
import { plainMessage } from '../../run/nameProblems';
import { SignInRequired } from '../../signIn/signInRequired';
import { UsageError } from '../../usageError';
import { withEmbedded } from '../embedded';
import type { LocalCall, LocalEnd, LocalRun, LocalSurroundings } from '../localCommand';
import { flagOption, textOption, textsOption } from '../options';
import { planLive } from './planLive';
import { readWantedRun } from './wantedRun';

/** Runs a pipeline of a model repository on this machine: against the embedded services, or live. */
export const run: LocalRun = async (call, surroundings) => {
  const wanted = readWantedRun(call, surroundings.workingFolder);
  return withEmbedded(
    () => import('../../../local/commands/runOnce'),
    async ({ findRun, runInSandbox, runLive, stagesUpTo }) => {
      const found = findRun(wanted);
      const environment = textOption(call, 'environment');
      const stages =
        environment === undefined ? textsOption(call, 'stage') : deploying(environment, stagesUpTo(found, environment));
      const within = { ...runSurroundings(call, surroundings), stages };
      if (!flagOption(call, 'live'))
        return ended(await runInSandbox(found, { ...within, isFresh: flagOption(call, 'fresh') }));
      try {
        const plan = await planLive(found, { call, stages }, surroundings);
        return ended(await runLive(found, plan, within));
      } catch (error) {
        if (!(error instanceof SignInRequired)) throw error;
        return { result: 'Failed', message: plainMessage(error), exitCode: exitCodes.signInRefused };
      }
    },
  );
};

function deploying(environment: string, { stages, environments }: DeployingStages): readonly string[] {
  if (stages.length > 0) return stages;
  const known = environments.length === 0 ? 'deploys to none' : `deploys to ${environments.join(', ')}`;
  throw new UsageError([
    { option: '--environment', problem: `names ${environment}, but the pipeline ${known} with these parameters.` },
  ]);
}

function runSurroundings(call: LocalCall, surroundings: LocalSurroundings): Omit<RunSurroundings, 'stages'> {
  const { environment, workingFolder, signal, isQuiet, hasColor } = surroundings;
  const silent = { write: () => true };
  return {
    stream: isQuiet ? silent : process.stderr,
    environment: hasColor ? environment : { ...environment, NO_COLOR: '1' },
    workingFolder,
    signal,
    isVerbose: flagOption(call, 'verbose'),
  };
}

function ended({ report, isGood, text, reportFile, logFolder, scoringUri }: RunResult): LocalEnd {
  const result: TaskResult = report.result === 'Skipped' ? 'Succeeded' : report.result;
  return {
    result,
    message: text,
    outputs: { result, report: reportFile, logs: logFolder, ...(scoringUri !== undefined && { scoringUri }) },
    details: {
      stages: report.stages.map((stage) => ({
        name: stage.name,
        result: stage.result,
        jobs: stage.jobs.map((job) => ({
          name: job.name,
          result: job.result,
          steps: job.steps.map(({ displayName, task, result: of, message, outputs }) => ({
            name: displayName,
            task: task ?? null,
            result: of,
            message: message ?? null,
            outputs,
          })),
        })),
      })),
    },
    ...(result === 'Canceled' ? {} : { exitCode: isGood ? exitCodes.succeeded : exitCodes.failed }),
  };
}
