import { differenceLine } from '../../shared/comparison/difference';
import { ensureJob, ForeignJobError } from '../../shared/databricks/jobs/ensureJob';
import { definitionProblems, jobDefinition, type JobShorthand } from '../../shared/databricks/jobs/definition';
import { jobDifferences } from '../../shared/databricks/jobs/differences';
import { jobSummary } from '../../shared/databricks/jobs/summary';
import { jobSchema } from '../../shared/databricks/specs/specSchemas';
import { TaskError, type InputProblem } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { document, documentFile, documentList, flag, integer, pairs, text } from '../../shared/task/inputs';
import { atMostOneOf } from '../../shared/task/relations';
import { defineTask, type Values } from '../../shared/task/task';

const inputs = {
  ...databricksConnection,
  spec: document({ schema: jobSchema }),
  specFile: documentFile({ schema: jobSchema }),
  jobName: text(),
  notebookPath: text({
    pattern: { matches: /^\/.*[^/]$/, rule: 'must be an absolute workspace path, such as /Shared/models/training.' },
  }),
  clusterId: text({ picker: true }),
  parameters: pairs(),
  schedule: text({
    pattern: {
      matches: /^\S+(\s+\S+){5,6}$/,
      rule: 'must be a Quartz cron expression of 6 or 7 fields, beginning with the seconds, such as 0 30 5 * * ?',
    },
  }),
  timeZone: text(),
  maxConcurrentRuns: integer({ min: 0, max: 1000 }),
  permissions: documentList({ textAt: () => true }),
  adopt: flag({ default: false }),
  dryRun: flag({ default: false }),
};

/** Creates or updates a job by name to match its definition. */
export const task = defineTask({
  inputs,
  relations: [atMostOneOf('spec', 'specFile')],
  outputs: ['jobId', 'jobUrl', 'change'],
  check,

  async run({ inputs, agent, context, setOutput }) {
    const databricks = await openWorkspace(inputs, context);
    const spec = inputs.spec ?? inputs.specFile ?? {};
    const definition = jobDefinition(spec, shorthand(inputs), agent.run.repository);
    const { name } = definition;
    for (const difference of jobDifferences(definition.settings, spec))
      if (difference.wanted !== undefined && difference.found !== undefined)
        agent.log(`An input replaces a setting of the specification: ${differenceLine(difference)}`);

    let page: string | undefined;
    const onKnown = (id: string, url: string): void => {
      page = url;
      setOutput('jobId', id);
      setOutput('jobUrl', url);
    };
    const { adopt, dryRun } = inputs;
    const ensured = await ensureJob(databricks, definition, { adopt, dryRun, onKnown }, context).catch(withAdvice);
    const { change } = ensured;
    setOutput('change', change);

    const done = change === 'unchanged' ? 'is as defined' : `${dryRun ? 'would be' : 'was'} ${change}`;
    if (change !== 'unchanged')
      await agent.summary('Databricks job', jobSummary(name, page, done, ensured.differences));
    return `The job '${name}' ${done}${page === undefined ? '.' : `: ${page}`}`;
  },
});

function withAdvice(error: unknown): never {
  if (!(error instanceof ForeignJobError)) throw error;
  throw new TaskError(`${error.message} Set 'adopt' to true, or rename the job.`, { cause: error });
}

type Given = Values<typeof inputs>;

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { spec, specFile } = inputs;
  if (['spec', 'specFile', 'notebookPath', 'schedule'].some((input) => bad.has(input))) return [];
  return definitionProblems(spec ?? specFile ?? {}, shorthand(inputs)).map(({ of, problem }) => ({
    input: of === 'spec' && specFile ? 'specFile' : of,
    problem,
  }));
}

function shorthand(inputs: Partial<Given>): JobShorthand {
  const { jobName, notebookPath, clusterId, parameters, schedule, timeZone, maxConcurrentRuns, permissions } = inputs;
  return { jobName, notebookPath, clusterId, parameters, schedule, timeZone, maxConcurrentRuns, permissions };
}
