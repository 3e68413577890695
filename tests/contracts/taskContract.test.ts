import assert from 'node:assert/strict';
import path from 'node:path';
import Ajv from 'ajv-draft-04';
import type { Input } from '../../shared/task/inputs';
import type { Relation } from '../../shared/task/relations';
import { smokeTestInputs } from '../../shared/task/smokeTestInputs';
import { projectRoot } from '../../tools/commandLine';
import {
  isEditable,
  readExtensionManifest,
  readJson,
  readTasks,
  taskContribution,
  type TaskInput,
} from '../../tools/manifests';
import { parseVisibleRule } from '../../tools/visibleRule';
import { readSchema } from './schemas';

interface Declared {
  readonly inputs: Readonly<Record<string, Input<unknown>>>;
  readonly outputs: readonly string[];
  readonly relations?: readonly Relation[];
}

/** Tasks whose output names come from the files that they read. */
const namesAreTheTeams = ['LoadModelVariables'];

const tasks = await readTasks(projectRoot);
const published = (await readJson(path.join(import.meta.dirname, 'publishedInputs.json'))) as Readonly<
  Record<string, { readonly inputs: readonly string[]; readonly outputs: readonly string[] }>
>;

for (const { folder, manifest } of tasks) {
  describe(`task.json of ${folder}`, () => {
    let task: Declared;
    before(async () => {
      ({ task } = (await import(`../../tasks/${folder}/task`)) as { task: Declared });
    });

    it('has the inputs of task.ts, in the same order and with the same rules', () => {
      assert.deepEqual(
        manifest.inputs.map((input) => [input.name, manifestOf(input)]),
        Object.entries(task.inputs).map(([name, input]) => [name, input.manifest]),
      );
    });

    it('declares the outputs that the task sets, and restricts it to these variables', () => {
      const names = (manifest.outputVariables ?? []).map((output) => output.name);
      assert.deepEqual(
        names,
        task.outputs.filter((name) => name !== '*'),
      );
      // The agent supports patterns: `*` allows every name. A task with such outputs refuses reserved names itself.
      const allowed = task.outputs.includes('*') ? ['*'] : task.outputs;
      assert.deepEqual(manifest.restrictions.settableVariables.allowed, allowed);
      assert.equal(task.outputs.includes('*'), namesAreTheTeams.includes(folder));
      for (const output of manifest.outputVariables ?? [])
        assert.ok(output.description, `${output.name} has no description`);
    });

    it('relates inputs that can be left empty, and says so of each once', () => {
      for (const { kind, inputs } of task.relations ?? []) {
        assert.equal(new Set(inputs).size, inputs.length, kind);
        assert.ok(inputs.length > 1, kind);
        for (const name of inputs) {
          const { required, defaultValue } = task.inputs[name]?.manifest ?? assert.fail(name);
          assert.ok(!required && defaultValue === undefined, `${name} is never left empty`);
        }
      }
      const relations = (task.relations ?? []).map((relation) => JSON.stringify(relation));
      assert.equal(new Set(relations).size, relations.length);
    });

    it('follows the schema of Azure Pipelines', async function () {
      const schema = await readSchema(this, 'tasks.schema.json');
      const validate = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true }).compile(schema);
      assert.ok(validate(manifest), JSON.stringify(validate.errors, null, 2));
    });

    it('has a valid folder, name and title', () => {
      assert.match(manifest.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(manifest.name, /^[A-Za-z][A-Za-z0-9]*$/);
      assert.equal(folder, manifest.version.Major === 1 ? manifest.name : `${manifest.name}V${manifest.version.Major}`);
      assert.ok(manifest.friendlyName.length <= 40, manifest.friendlyName);
      assert.doesNotMatch(`${manifest.name} ${manifest.friendlyName}`, /^microsoft|^databricks/i);
    });

    it('has help on every input', () => {
      assert.deepEqual(manifest.inputs.filter((input) => !input.helpMarkDown).map(nameOf), []);
    });

    it('has options and conditions that the form supports', () => {
      for (const input of manifest.inputs) {
        for (const option of Object.keys(input.options ?? {})) assert.match(option, /^[A-Za-z0-9]+$/, input.name);
        if (input.options && input.defaultValue !== undefined)
          assert.ok(String(input.defaultValue) in input.options, input.name);
        if (input.visibleRule === undefined) continue;
        for (const { input: other, value } of parseVisibleRule(input.visibleRule).conditions) {
          const found = manifest.inputs.find(({ name }) => name === other);
          assert.ok(found, `${input.name}: the visibleRule refers to ${other}, which is not an input`);
          if (found.options) assert.ok(value in found.options, `${input.name}: ${other} is never ${value}`);
          if (found.type === 'boolean') assert.match(value, /^(true|false)$/, input.name);
        }
      }
    });

    it('runs on Node 20 and Node 24, and requires the first agent version with Node 20', () => {
      assert.deepEqual(manifest.execution, { Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } });
      assert.equal(manifest.minimumAgentVersion, '2.214.1');
    });

    it('keeps every published input and output', () => {
      const names = {
        inputs: manifest.inputs.map(nameOf),
        outputs: (manifest.outputVariables ?? []).map((output) => output.name),
      };
      const before = published[folder] ?? { inputs: [], outputs: [] };
      for (const kind of ['inputs', 'outputs'] as const) {
        const gone = before[kind].filter((name) => !names[kind].includes(name));
        const fresh = names[kind].filter((name) => !before[kind].includes(name));
        assert.deepEqual(
          gone,
          [],
          'pipelines use these: keep them, or create a new major version of the task in its own folder',
        );
        assert.deepEqual(fresh, [], 'add these to tests/contracts/publishedInputs.json');
      }
    });
  });
}

describe('the tasks', () => {
  it('have one GUID per task, which all major versions share', () => {
    const idsByName = new Map(tasks.map(({ manifest }) => [manifest.name, manifest.id]));
    assert.equal(new Set(idsByName.values()).size, idsByName.size);
    for (const { manifest } of tasks) assert.equal(manifest.id, idsByName.get(manifest.name));
  });

  it('use the same texts for the inputs of the smoke test', () => {
    const names = Object.keys(smokeTestInputs());
    const [first, ...others] = tasks
      .filter(({ manifest }) => manifest.inputs.some(({ name }) => name === names[0]))
      .map(({ manifest }) =>
        manifest.inputs
          .filter(({ name }) => names.includes(name))
          .map(({ name, label, helpMarkDown, groupName }) => ({ name, label, helpMarkDown, groupName })),
      );
    assert.deepEqual(first?.map(nameOf), names);
    assert.ok(others.length > 0);
    for (const other of others) assert.deepEqual(other, first);
  });

  it('include all published tasks', () => {
    const folders = tasks.map(({ folder }) => folder);
    assert.deepEqual(
      Object.keys(published).filter((folder) => !folders.includes(folder)),
      [],
    );
  });

  it('match the contributions of the extension', async () => {
    const { contributions } = await readExtensionManifest(projectRoot);
    const contributed = contributions.filter((contribution) => contribution.type === taskContribution);
    assert.deepEqual(
      contributed.map(({ id, targets, properties }) => [id, targets, properties.name]).sort(),
      tasks.map(({ folder }) => [folder, ['ms.vss-distributed-task.tasks'], `tasks/${folder}`]).sort(),
    );
  });
});

/** An input of task.json in the format of the declaration in task.ts. */
function manifestOf(input: TaskInput): Input<unknown>['manifest'] {
  const { type, required = false, options, visibleRule, defaultValue } = input;
  const rule = visibleRule === undefined ? undefined : parseVisibleRule(visibleRule);
  assert.ok(rule?.joiner !== '||', `a task can't declare the rule ${visibleRule ?? ''}`);
  return {
    type: type as Input<unknown>['manifest']['type'],
    required,
    ...(options && { options: Object.keys(options) }),
    ...(isEditable(input) && { isEditable: true }),
    ...(rule && { when: Object.fromEntries(rule.conditions.map(({ input, value }) => [input, value])) }),
    ...(defaultValue !== undefined && { defaultValue: String(defaultValue) }),
  };
}

function nameOf({ name }: Pick<TaskInput, 'name'>): string {
  return name;
}
