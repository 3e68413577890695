import { changeTable, changeText, changeWord, throwIfStuck } from '../../shared/devops/change';
import { branchName, importUrl, repositoryName, variableName } from '../../shared/devops/repository/names';
import { planRepository } from '../../shared/devops/repository/planRepository';
import { readTemplate, TemplateError } from '../../shared/devops/repository/template/readTemplate';
import type { WantedContent } from '../../shared/devops/repository/wanted';
import { InputError, TaskError, type InputProblem } from '../../shared/errors';
import { stringifyJson } from '../../shared/json';
import type { Context } from '../../shared/agent/context';
import { devopsConnection, openOrganization, projectOf } from '../../shared/task/devopsConnection';
import { connection, flag, folderPath, integer, pairs, text } from '../../shared/task/inputs';
import { exactlyOneOf } from '../../shared/task/relations';
import { defineTask, type Values } from '../../shared/task/task';
import { withTimeout } from '../../shared/agent/context';

const inputs = {
  ...devopsConnection,
  repositoryName: text({ required: true, pattern: repositoryName }),
  templateFolder: folderPath(),
  variables: pairs({ names: variableName }),
  importUrl: text({ pattern: importUrl }),
  importConnection: connection('git'),
  defaultBranch: text({ pattern: branchName }),
  adoptExisting: flag({ default: false }),
  timeoutMinutes: integer({ default: 60, min: 1, max: 1440 }),
  dryRun: flag({ default: false }),
};

type Given = Values<typeof inputs>;

/** Creates a Git repository from a template or by an import. */
export const task = defineTask({
  inputs,
  relations: [exactlyOneOf('templateFolder', 'importUrl')],
  outputs: ['repositoryId', 'repositoryUrl', 'remoteUrl', 'defaultBranch', 'change'],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const content = await contentOf(inputs, context);
    const devops = openOrganization(inputs, context);
    const { repositoryName: name, adoptExisting: mayAdopt, dryRun } = inputs;
    const defaultBranch = refNameOf(inputs);
    const wanted = { project: projectOf(inputs, context), name, defaultBranch, content, mayAdopt };
    const plan = await planRepository(devops, wanted, context);
    agent.log(changeText(plan));
    if (plan.isForeign)
      throw new TaskError(
        `${plan.what}: ${(plan.notes ?? []).join(' ')} Set 'adoptExisting' to true to use it as it is, or change 'repositoryName'.`,
      );
    throwIfStuck([plan]);
    const repository = dryRun ? plan.repository : await plan.apply();
    if (repository) {
      setOutput('repositoryId', repository.id);
      setOutput('repositoryUrl', repository.webUrl);
      setOutput('remoteUrl', repository.remoteUrl.replace(/^(https?:\/\/)[^/@]*@/, '$1'));
      setOutput('defaultBranch', repository.defaultBranch ?? '');
    }
    setOutput('change', changeWord(plan.kind));
    if (plan.kind !== 'unchanged') await agent.summary('Repository', changeTable([plan], dryRun));
    return plan.kind === 'unchanged'
      ? `${plan.what} is unchanged.`
      : `${plan.what} ${dryRun ? 'would be' : 'was'} ${changeWord(plan.kind)}.`;
  },
});

async function contentOf(inputs: Given, context: Context): Promise<WantedContent> {
  const { importUrl: url, importConnection, templateFolder } = inputs;
  if (url !== undefined) return { kind: 'import', url, connectionId: importConnection?.id };
  if (templateFolder === undefined) throw new InputError([{ input: 'templateFolder', problem: 'is required.' }]);
  const { agent } = context;
  const variables = Object.fromEntries(
    Object.entries(inputs.variables ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : stringifyJson(value),
    ]),
  );
  const secret = Object.keys(variables).filter((name) => agent.holdsSecret(variables[name] ?? ''));
  if (secret.length > 0)
    throw new InputError([
      {
        input: 'variables',
        problem: `contains a secret of the job in ${secret.join(', ')}. Everybody who can read the repository could read it: remove it.`,
      },
    ]);
  const { repository, commit } = agent.run;
  try {
    const { files } = await readTemplate(templateFolder, new Map(Object.entries(variables)), context);
    return { kind: 'template', files, origin: { repository, commit, variables } };
  } catch (error) {
    if (error instanceof TemplateError) throw new InputError([{ input: 'templateFolder', problem: error.problem }]);
    throw error;
  }
}

/** A template needs a branch; an import brings its own. */
function refNameOf({ defaultBranch, importUrl: url }: Given): string | undefined {
  const name = defaultBranch ?? (url === undefined ? 'main' : undefined);
  return name === undefined || name.startsWith('refs/heads/') ? name : `refs/heads/${name}`;
}

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { variables = {}, templateFolder, importUrl: url, importConnection } = inputs;
  const problems: InputProblem[] = [];
  const lists = Object.keys(variables).filter((name) => typeof variables[name] === 'object');
  if (lists.length > 0)
    problems.push({
      input: 'variables',
      problem: `must have single values; ${lists.join(', ')} is a list, a map or null.`,
    });
  if (url !== undefined && !bad.has('variables') && Object.keys(variables).length > 0)
    problems.push({ input: 'variables', problem: "applies only to 'templateFolder': an import is not changed." });
  if (importConnection && url === undefined && templateFolder !== undefined)
    problems.push({ input: 'importConnection', problem: "applies only to 'importUrl'." });
  return problems;
}
