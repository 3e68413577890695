import { once } from 'node:events';
import path from 'node:path';
import { exitCodeOf } from '../../sandbox/agent/renderReport';
import { runFolder } from '../../local/pipelines/runRepository';
import type { PipelineView } from '../../local/view/pipelineView';
import type { Paint } from '../../local/view/terminalText';
import { renderOverview, table, type PipelineOutcome } from '../../local/pipelines/summary';
import { openOnboarding, type LocalOnboarding } from './openOnboarding';

export interface StartOnboardingOptions {
  /** The template. */
  readonly repository: string;
  /** The name of the new model. */
  readonly model: string;
  readonly outputFolder: string;
  /** The folder of the built tasks; without it they are built. */
  readonly tasks?: string;
  /** Keeps the sandbox until it is canceled. */
  readonly isKept: boolean;
  /** Paths are shown relative to it. */
  readonly folder: string;
  readonly paint: Paint;
}

/** Runs the pipeline for new models in the embedded organization. @returns the exit code */
export async function startOnboarding(
  { repository, model, outputFolder, tasks, isKept, folder, paint }: StartOnboardingOptions,
  view: PipelineView,
  signal: AbortSignal,
): Promise<number> {
  const onboarding = await openOnboarding({
    repository,
    model,
    outputFolder,
    listener: view,
    ...(tasks !== undefined && { tasks }),
  });
  try {
    const { outcomes, needlessRequests } = await onboarding.run(signal);
    const files = path.join(path.relative(folder, runFolder(outputFolder)), '*');
    view.print(renderEnd(outcomes, await onboarding.addresses(), { files, isKept, paint }));
    if (isKept && !signal.aborted) await once(signal, 'abort');
    return Math.max(
      needlessRequests.length === 0 ? 0 : 1,
      ...outcomes.map(({ report }) => (report ? exitCodeOf(report) : 1)),
    );
  } finally {
    await onboarding.close();
  }
}

function renderEnd(
  outcomes: readonly PipelineOutcome[],
  addresses: Awaited<ReturnType<LocalOnboarding['addresses']>>,
  { files, isKept, paint }: { readonly files: string; readonly isKept: boolean; readonly paint: Paint },
): string {
  return [
    '',
    paint('bold', 'Result'),
    renderOverview(outcomes, paint),
    '',
    paint('bold', isKept ? 'Addresses' : 'Addresses, until this command ended'),
    ...table(addresses),
    '',
    paint('bold', 'Files'),
    ...table([
      [path.join(files, 'report.txt'), 'all steps with their outputs and summaries'],
      [path.join(files, 'logs'), 'the log of each step'],
    ]),
    '',
    ...(isKept
      ? ['Press Ctrl+C to stop the sandbox.']
      : [
          paint('bold', 'Next'),
          ...table([['npm start -- --pipeline onboard --keep', 'keep the sandbox, to clone a repository']]),
        ]),
  ].join('\n');
}
