import { attachRecord } from '../../shared/agent/runRecord';
import type { Origin } from '../../shared/variables/origin';
import { outputVariables } from '../../shared/variables/outputVariables';
import { resolveVariables } from '../../shared/variables/resolveVariables';
import { filePath, pairs, text } from '../../shared/task/inputs';
import { TimedPatterns } from '../../shared/timedPatterns';
import { defineTask, type Values } from '../../shared/task/task';
import { describeVariables, variablesRecord, variablesTable } from './describeVariables';
import { hubInputs, hubLines, hubProblems, hubSummary, hubTags, loadHub, recordedHub } from './hub';
import { Problems } from './problems';
import { readSources } from './readSources';
import { refuseAssembledSecrets, refuseSecrets, refuseSecretsInFile } from './refuseSecrets';
import { writeValues } from './writeValues';

/** `*` stands for the variables that the files define. */
const outputs: readonly string[] = [
  ...['modelName', 'modelVersion', 'resolvedFile'],
  ...['registryRevision', 'registryBaseRevision', 'registryHash'],
  '*',
];

const inputs = {
  modelFile: filePath({ required: true }),
  baseFile: filePath(),
  environment: text(),
  overrides: pairs({ textAt: (path) => path.length === 1 && 'ifOther' }),
  schemaFile: filePath(),
  prefix: text({
    pattern: { matches: /^[A-Za-z]\w{0,49}$/, rule: 'must be letters, digits and _, and begin with a letter.' },
  }),
  outputFolder: text(),
  ...hubInputs,
};

/** Reads the variables of a model from the repository and from the hub, and sets them as output variables. */
export const task = defineTask({
  inputs,
  outputs,
  check: (given: Partial<Values<typeof inputs>>) => hubProblems(given),

  async run({ inputs, agent, context, signal, setOutput }) {
    const problems = new Problems();
    const { prefix } = inputs;
    const environment =
      inputs.environment === undefined ? undefined : { name: inputs.environment, origin: inputOrigin('environment') };
    const given = { values: inputs.overrides ?? {}, origin: inputOrigin('overrides') };
    const overrides = refuseSecrets(given, agent, problems.report);
    const sources = readSources(inputs, agent.workingFolder, problems.report);
    if (!sources) throw problems.error();
    const { schema } = sources;
    const hub = await loadHub(inputs, sources.model, context, problems.report);
    const [base, hubBase, model, hubModel] = [sources.base, hub?.hubBase, sources.model, hub?.hubModel].map((file) =>
      refuseSecretsInFile(file, agent, problems.report),
    );
    signal.throwIfAborted();
    const patterns = new TimedPatterns();
    const all = { base, hubBase, model, hubModel, schema, environment, overrides, patterns };
    const { variables, values } = resolveVariables(all, problems.report);
    const taken = ['resolvedFile', ...(hub ? ['registryRevision', 'registryBaseRevision', 'registryHash'] : [])];
    const settings = outputVariables(variables, { prefix, taken }, problems.report);
    problems.throwIfAny();
    refuseAssembledSecrets(variables, agent, problems.report);
    problems.throwIfAny();

    for (const { name, value } of settings) setOutput(name, value);
    const file = await writeValues(values, inputs.outputFolder, agent);
    setOutput('resolvedFile', file);
    for (const line of hub ? hubLines(hub) : []) agent.log(line);
    agent.group('Model variables', describeVariables(variables));
    const table = variablesTable(variables, inputs.environment);
    await agent.summary('Model variables', hub ? `${hubSummary(hub)}${table}` : table);
    await attachRecord(agent, variablesRecord(variables, inputs.environment, hub && recordedHub(hub, inputs)));
    if (hub) {
      setOutput('registryRevision', hub.model ? String(hub.model.rev) : '');
      setOutput('registryBaseRevision', String(hub.base?.rev ?? 0));
      setOutput('registryHash', hub.model?.hash ?? '');
      for (const tag of hubTags(hub)) agent.addBuildTag(tag);
    }
    const lifetime = inputs.outputFolder === undefined ? ' until the job ends' : '';
    return `Set ${settings.length} variables. They are also in ${file}${lifetime}.`;
  },
});

function inputOrigin(name: 'environment' | 'overrides'): Origin {
  return { source: `input '${name}'` };
}
