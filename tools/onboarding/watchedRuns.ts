import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderReport } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import type { RunWatcher, WatchedRun } from '../../sandbox/localRunner';
import { RunSequence, type RunView } from './runSequence';

/** Shows the runs of an organization, and keeps their logs and reports below a folder, by pipeline and number. */
export class WatchedRuns {
  readonly #reports = new Map<number, { readonly report: PipelineReport; readonly folder: string }>();
  readonly #sequence: RunSequence;

  constructor(
    private readonly folder: string,
    view: RunView,
  ) {
    this.#sequence = new RunSequence(view);
  }

  watch({ buildId, pipeline, file }: WatchedRun): RunWatcher {
    const folder = path.join(this.folder, `${pipeline.replaceAll(/[^\w.-]/g, '_')}_${buildId}`);
    const teller = this.#sequence.start(pipeline, file);
    return {
      outputFolder: folder,
      onEvent: (event) => teller.event(event),
      onLine: (text) => teller.line(text),
      onEnd: (report) => {
        if (report) this.#reports.set(Number(buildId), { report, folder });
        teller.end(report);
      },
    };
  }

  /** The report of a run, which is then also a file of its folder; undefined for a run that did not start. */
  async reportOf(buildId: number): Promise<PipelineReport | undefined> {
    const kept = this.#reports.get(buildId);
    if (!kept) return undefined;
    await writeFile(path.join(kept.folder, 'report.txt'), `${renderReport(kept.report)}\n`);
    return kept.report;
  }
}
