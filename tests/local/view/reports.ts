import type { StepReport } from '../../../sandbox/agent/report';

/** The report of a step that succeeded in 1.2 s and said nothing. */
export function stepReport(parts: Partial<StepReport>): StepReport {
  return {
    name: undefined,
    displayName: 'Step',
    task: undefined,
    result: 'Succeeded',
    durationMilliseconds: 1234,
    attempts: 1,
    message: undefined,
    notes: [],
    issues: [],
    droppedIssues: 0,
    outputs: {},
    logFile: '/project/dist/run/ci/logs/ci.code/01_Step.log',
    attachments: [],
    summaries: [],
    testRuns: [],
    files: [],
    ...parts,
  };
}
