import { withTimeout } from '../../shared/agent/context';
import { attachRecord } from '../../shared/agent/runRecord';
import type { Run } from '../../shared/databricks/api/runs';
import { explainFailedTasks } from '../../shared/databricks/runs/failedTasks';
import { graceSignal } from '../../shared/graceSignal';
import { runJob } from '../../shared/databricks/runs/runJob';
import { isParameter, parameterNames, parametersProblem } from '../../shared/databricks/runs/parameters';
import type { RunSource } from '../../shared/databricks/runs/request';
import { jobRunRecord } from '../../shared/databricks/runs/runRecord';
import { runSummary } from '../../shared/databricks/runs/summary';
import { runVerdict } from '../../shared/databricks/runs/verdict';
import { newClusterSchema, runSchema } from '../../shared/databricks/specs/specSchemas';
import { notebookOutput, readTaskOutputs } from '../../shared/databricks/runs/taskOutputs';
import { RemoteRunError, type InputProblem } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { choice, document, documentFile, flag, integer, pairs, text } from '../../shared/task/inputs';
import { exactlyOneOf } from '../../shared/task/relations';
import { defineTask, type Values } from '../../shared/task/task';
import { variableText } from '../../shared/task/variableText';

const inputs = {
  ...databricksConnection,
  runSource: choice(['job', 'notebook', 'definition'], { required: true, default: 'job' }),
  job: text({ required: true, when: { runSource: 'job' }, picker: true }),
  notebookPath: text({
    required: true,
    when: { runSource: 'notebook' },
    pattern: { matches: /^\/.*[^/]$/, rule: 'must be an absolute workspace path, such as /Shared/models/training.' },
  }),
  compute: choice(['serverless', 'existing', 'new'], { default: 'serverless', when: { runSource: 'notebook' } }),
  cluster: text({ required: true, when: { runSource: 'notebook', compute: 'existing' }, picker: true }),
  newCluster: document({ schema: newClusterSchema, required: true, when: { runSource: 'notebook', compute: 'new' } }),
  definition: document({ schema: runSchema, when: { runSource: 'definition' } }),
  definitionFile: documentFile({ schema: runSchema, when: { runSource: 'definition' } }),
  parameters: pairs({ textAt: isParameter }),
  waitForCompletion: flag({ default: true }),
  timeoutMinutes: integer({ default: 120, min: 1, max: 10080, when: { waitForCompletion: 'true' } }),
  acceptPartialSuccess: flag({ default: false, when: { waitForCompletion: 'true' } }),
  repairAttempts: integer({ default: 0, min: 0, max: 10, when: { waitForCompletion: 'true' } }),
};

/** The timeout is that of the run: before and after it, the run is started and its results are read. */
const minutesAroundRun = 60;

/** Runs a job, a notebook or a definition on Databricks, waits for the run, and succeeds or fails with it. */
export const task = defineTask({
  inputs,
  relations: [exactlyOneOf('definition', 'definitionFile')],
  outputs: ['jobId', 'runId', 'runUrl', 'resultState', 'notebookOutput'],
  check,

  async run({ inputs, agent, context: unlimited, signal, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes + minutesAroundRun);
    const databricks = await openWorkspace(inputs, { ...context, signal: graceSignal(signal, 5) });

    const onStarted = ({ id, jobId }: Run, url: string): void => {
      setOutput('jobId', jobId);
      setOutput('runId', id);
      setOutput('runUrl', url);
    };
    const { waitForCompletion, timeoutMinutes, acceptPartialSuccess, repairAttempts } = inputs;
    const watch = { waitForCompletion, timeoutMinutes, acceptPartialSuccess, repairAttempts };
    const options = { ...watch, seed: agent.run.seed, onStarted };
    const { run, url, overrun } = await runJob(databricks, runSource(inputs), options, context);
    const { outcome, word, message } = runVerdict(run);
    if (!waitForCompletion) return `Run ${run.id} was accepted and is ${word}: ${url}`;

    if (outcome !== 'active') setOutput('resultState', word);
    const outputs = await readTaskOutputs(databricks, run, context);
    setOutput('notebookOutput', await variableText(notebookOutput(run, outputs), agent));
    await agent.summary('Databricks run', runSummary(databricks.url, run, parameterNames(inputs.parameters ?? {})));
    await attachRecord(agent, jobRunRecord(databricks.url, run));

    if (overrun !== undefined) throw new RemoteRunError(`Run ${run.id} ${overrun}: ${url}`);
    if (outcome === 'succeeded') return `Run ${run.id} succeeded: ${url}`;
    explainFailedTasks(run, outputs, agent);
    const end = `Run ${run.id} ended as ${word}${message === undefined ? '' : ` (${message})`}: ${url}`;
    if (outcome === 'partial' && acceptPartialSuccess) return { message: end, withIssues: true };
    throw new RemoteRunError(end);
  },
});

function check(inputs: Partial<Given>): readonly InputProblem[] {
  const { runSource, definition, definitionFile, parameters = {} } = inputs;
  const problems: InputProblem[] = [];
  for (const [input, body] of Object.entries({ definition, definitionFile }))
    if (body && 'idempotency_token' in body)
      problems.push({ input, problem: 'must not contain an idempotency_token: each attempt uses its own.' });
  const problem = runSource && parametersProblem(parameters, runSource);
  if (problem !== undefined) problems.push({ input: 'parameters', problem });
  return problems;
}

type Given = Values<typeof inputs>;

function runSource(inputs: Given): RunSource {
  const { job, notebookPath, cluster, newCluster, parameters = {} } = inputs;
  if (job !== undefined) return { job, parameters };
  if (notebookPath === undefined) return { definition: inputs.definition ?? inputs.definitionFile ?? {} };
  const compute = newCluster ? { newCluster } : cluster !== undefined ? { cluster } : 'serverless';
  return { notebookPath, compute, parameters };
}
