import { differenceLine } from '../../shared/comparison/difference';
import { ensureJob } from '../../shared/databricks/jobs/ensureJob';
import { definitionProblems, jobDefinition, type JobShorthand } from '../../shared/databricks/jobs/definition';
import { jobDifferences } from '../../shared/databricks/jobs/differences';
import { jobSummary } from '../../shared/databricks/jobs/summary';
import { jobSchema } from '../../shared/databricks/specs/specSchemas';
import type { InputProblem } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { document, documentFile, documentList, flag, pairs, text } from '../../shared/task/inputs';
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
      rule: "must be a cron expression in Quartz' syntax, of 6 or 7 fields that begin with the seconds, such as 0 30 5 * * ?",
    },
  }),
  timeZone: text(),
  maxConcurrentRuns: text({ pattern: { matches: /^(\d{1,3}|1000)$/, rule: 'must be a whole number from 0 to 1000.' } }),
  permissions: documentList(),
  adopt: flag({ default: false }),
  dryRun: flag({ default: false }),
};

/** Makes sure that there is one job of a name, exactly as defined. */
export const task = defineTask({
  inputs,
  outputs: ['jobId', 'jobUrl', 'change'],
  check,

  async run({ inputs, context, agent, clock, signal, setOutput }) {
    const databricks = await openWorkspace(inputs, context);
    const spec = inputs.spec ?? inputs.specFile ?? {};
    const definition = jobDefinition(spec, shorthand(inputs), agent.run.repository);
    const { name } = definition;
    for (const difference of jobDifferences(definition.settings, spec))
      if (difference.wanted !== undefined && difference.found !== undefined)
        agent.log(`An input replaces what the specification says: ${differenceLine(difference)}`);

    let page: string | undefined;
    const onKnown = (id: string, url: string): void => {
      page = url;
      setOutput('jobId', id);
      setOutput('jobUrl', url);
    };
    const ensured = await ensureJob(databricks, definition, { ...inputs, onKnown }, { clock, signal, report: agent });
    const { change } = ensured;
    setOutput('change', change);

    const done = change === 'unchanged' ? 'is as defined' : `${inputs.dryRun ? 'would be' : 'was'} ${change}`;
    if (change !== 'unchanged')
      await agent.summary('Databricks job', jobSummary(name, page, done, ensured.differences));
    return `The job '${name}' ${done}${page === undefined ? '.' : `: ${page}`}`;
  },
});

type Given = Values<typeof inputs>;

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { spec, specFile } = inputs;
  if (spec && specFile) return [{ input: 'spec', problem: "and 'specFile' must not both be given." }];
  if (['spec', 'specFile', 'notebookPath', 'schedule'].some((input) => bad.has(input))) return [];
  return definitionProblems(spec ?? specFile ?? {}, shorthand(inputs)).map(({ of, problem }) => ({
    input: of === 'spec' && specFile ? 'specFile' : of,
    problem,
  }));
}

function shorthand({ maxConcurrentRuns, ...inputs }: Partial<Given>): JobShorthand {
  return { ...inputs, maxConcurrentRuns: maxConcurrentRuns === undefined ? undefined : Number(maxConcurrentRuns) };
}
