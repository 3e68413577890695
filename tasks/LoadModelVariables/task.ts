import type { Origin } from '../../shared/variables/origin';
import { outputVariables } from '../../shared/variables/outputVariables';
import { resolveVariables } from '../../shared/variables/resolveVariables';
import { filePath, pairs, text } from '../../shared/task/inputs';
import { TimedPatterns } from '../../shared/timedPatterns';
import { defineTask } from '../../shared/task/task';
import { describeVariables, variablesTable } from './describeVariables';
import { Problems } from './problems';
import { readSources } from './readSources';
import { refuseAssembledSecrets, refuseSecrets, refuseSecretsInFile } from './refuseSecrets';
import { writeValues } from './writeValues';

/** `*` stands for the variables that the files define. */
const outputs: readonly string[] = ['modelName', 'modelVersion', 'resolvedFile', '*'];

/** Reads the variables of a model from the repository, and sets them as output variables. */
export const task = defineTask({
  inputs: {
    modelFile: filePath({ required: true }),
    baseFile: filePath(),
    environment: text(),
    overrides: pairs({ textAt: (path) => path.length === 1 && 'ifOther' }),
    schemaFile: filePath(),
    prefix: text({
      pattern: { matches: /^[A-Za-z]\w{0,49}$/, rule: 'must be letters, digits and _, and begin with a letter.' },
    }),
    outputFolder: text(),
  },
  outputs,

  async run({ inputs, agent, signal, setOutput }) {
    const problems = new Problems();
    const { prefix } = inputs;
    const environment =
      inputs.environment === undefined ? undefined : { name: inputs.environment, origin: inputOrigin('environment') };
    const given = { values: inputs.overrides ?? {}, origin: inputOrigin('overrides') };
    const overrides = refuseSecrets(given, agent, problems.report);
    const sources = readSources(inputs, agent.workingFolder, problems.report);
    if (!sources) throw problems.error();
    const [base, model] = [sources.base, sources.model].map((file) =>
      refuseSecretsInFile(file, agent, problems.report),
    );
    signal.throwIfAborted();
    const { schema } = sources;
    const patterns = new TimedPatterns();
    const wanted = { base, model, schema, environment, overrides, patterns };
    const { variables, values } = resolveVariables(wanted, problems.report);
    const settings = outputVariables(variables, { prefix, taken: ['resolvedFile'] }, problems.report);
    problems.throwIfAny();
    refuseAssembledSecrets(variables, agent, problems.report);
    problems.throwIfAny();

    for (const { name, value } of settings) setOutput(name, value);
    const file = await writeValues(values, inputs.outputFolder, agent);
    setOutput('resolvedFile', file);
    agent.group('Model variables', describeVariables(variables));
    await agent.summary('Model variables', variablesTable(variables, inputs.environment));
    const lifetime = inputs.outputFolder === undefined ? ' until the job ends' : '';
    return `Set ${settings.length} variables. They are also in ${file}${lifetime}.`;
  },
});

function inputOrigin(name: 'environment' | 'overrides'): Origin {
  return { source: `input '${name}'` };
}
