import assert from 'node:assert/strict';
import { devopsConnection } from '../../shared/task/devopsConnection';
import { projectRoot } from '../../tools/commandLine';
import { identify } from '../../tools/identity';
import {
  endpointContribution,
  isEditable,
  readExtensionManifest,
  readTasks,
  type TaskInput,
  type TaskManifest,
} from '../../tools/manifests';

const manifest = await readExtensionManifest(projectRoot);
const tasks = (await readTasks(projectRoot)).map((task) => task.manifest);

/** The inputs of `shared/task/databricksConnection.ts`. */
const sharedBlock = ['connectionType', 'connection', 'azureConnection', 'workspaceUrl', 'useManagementToken'];

/** Tasks that need the workspace only for some of their work: they say themselves when the connection is missing. */
const needWorkspaceAtTimes = ['EvaluateModel'];

for (const dev of [false, true]) {
  const build = identify(manifest, tasks, '1.0.0', { dev });
  const types = build.extension.contributions
    .filter(({ type }) => type === endpointContribution)
    .map(({ properties }) => properties);

  describe(`the pickers of ${dev ? 'a development build' : 'the tasks'}`, () => {
    for (const task of build.tasks) {
      const { name, inputs, dataSourceBindings: bindings = [] } = task;

      it(`are editable in ${name}, and have one data source each`, () => {
        const pickers = inputs.filter(({ type, options }) => type === 'pickList' && !options);
        assert.deepEqual(pickers.filter((input) => !isEditable(input)).map(nameOf), []);
        assert.deepEqual(inputs.filter(isEditable).map(nameOf), pickers.map(nameOf));
        assert.deepEqual(bindings.map(({ target }) => target).sort(), pickers.map(nameOf).sort());
      });

      it(`have in ${name} a data source that their connection type provides`, () => {
        for (const { target, endpointId, dataSourceName, endpointUrl, resultSelector } of bindings) {
          const type = connectionTypeOf(task, endpointId);
          if (dataSourceName === undefined) assert.ok(endpointUrl && resultSelector, target);
          else {
            assert.equal(endpointUrl ?? resultSelector, undefined, target);
            const sources = types.find((own) => own.name === type)?.dataSources ?? [];
            assert.ok(
              sources.some((source) => source.name === dataSourceName),
              `${target}: ${type} has no ${dataSourceName}`,
            );
          }
        }
      });
    }
  });
}

describe('the connection type', () => {
  const types = manifest.contributions.filter(({ type }) => type === endpointContribution);
  const bindings = tasks.flatMap((task) => task.dataSourceBindings ?? []);

  for (const { id, properties } of types) {
    const { inputDescriptors = [], dataSources = [], authenticationSchemes = [] } = properties;

    it(`${id} has only data sources that are used, with unique names`, () => {
      const names = dataSources.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      const used = new Set(['TestConnection', ...bindings.flatMap(({ dataSourceName }) => dataSourceName ?? [])]);
      assert.deepEqual(
        names.filter((name) => !used.has(name)),
        [],
      );
      assert.ok(names.includes('TestConnection'));
    });

    it(`${id} has either all templates for paging or none`, () => {
      for (const source of dataSources) {
        const templates = ['initialContextTemplate', 'callbackContextTemplate', 'callbackRequiredTemplate'] as const;
        assert.ok([0, 3].includes(templates.filter((template) => template in source).length), source.name);
      }
    });

    // The agent masks every field of a scheme in all logs, and no other field.
    it(`${id} has secret fields only in schemes, and all other fields outside of schemes`, () => {
      assert.deepEqual(
        inputDescriptors.filter(({ isConfidential }) => isConfidential).map(({ id }) => id),
        [],
      );
      for (const { inputDescriptors: fields = [] } of authenticationSchemes)
        for (const { id, isConfidential, values } of fields) assert.ok(isConfidential || values?.isDisabled, id);
    });

    // For headers, the platform merges both into one map with case-insensitive keys.
    it(`${id} has no field both in a scheme and outside of it`, () => {
      for (const scheme of authenticationSchemes) {
        const fields = [...inputDescriptors, ...(scheme.inputDescriptors ?? [])].map(({ id }) => id.toLowerCase());
        assert.equal(new Set(fields).size, fields.length, scheme.displayName);
      }
    });

    it(`${id} has help for itself and for every field`, () => {
      assert.ok(properties.helpMarkDown);
      for (const { id, description } of [
        ...inputDescriptors,
        ...authenticationSchemes.flatMap((scheme) => scheme.inputDescriptors ?? []),
      ])
        assert.ok(description, id);
      assert.deepEqual(
        authenticationSchemes.filter(({ displayName }) => !displayName),
        [],
      );
    });
  }

  it('sends requests only to its own URL', () => {
    const urls = [...types.flatMap(({ properties }) => properties.dataSources ?? []), ...bindings];
    for (const { endpointUrl } of urls)
      if (endpointUrl !== undefined) assert.match(endpointUrl, /^\{\{\{endpoint\.url\}\}\}[^:]*$/);
  });
});

describe('the inputs that choose the workspace', () => {
  it('come first, alone or in a group of their own, and are identical in all tasks', () => {
    const blocks = tasks
      .filter(({ inputs }) => inputs.some(({ name }) => name === 'connection'))
      .map(({ name, inputs, dataSourceBindings = [] }) => ({
        inputs: inputs
          .slice(0, sharedBlock.length)
          .map((input) =>
            needWorkspaceAtTimes.includes(name) && !input.defaultValue ? { ...input, required: true } : input,
          ),
        bindings: dataSourceBindings.filter(({ target }) => sharedBlock.includes(target)),
      }));
    assert.ok(blocks.length >= 7);
    assert.deepEqual(blocks[0]?.inputs.map(nameOf), sharedBlock);
    for (const block of blocks) assert.deepEqual(block, blocks[0]);
  });
});

describe('the inputs that choose the organization of Azure DevOps', () => {
  it('come first, alone or in a group of their own, and are identical in all tasks', () => {
    const names = Object.keys(devopsConnection);
    const [first, ...others] = tasks
      .filter(({ inputs }) => inputs.some(({ name }) => name === 'devopsConnection'))
      .map(({ inputs }) => {
        const start = inputs.findIndex(({ name }) => name === names[0]);
        const group = inputs[start]?.groupName;
        const isFirst =
          group === undefined ? start === 0 : inputs.slice(start).every((input) => input.groupName === group);
        assert.ok(isFirst);
        return inputs.slice(start, start + names.length).map(withoutOwnText);
      });
    assert.deepEqual(first?.map(nameOf), names);
    assert.ok(others.length > 0);
    for (const other of others) assert.deepEqual(other, first);
  });
});

/** A specification may name the project, too, and what a sign-in is for differs. */
function withoutOwnText({ groupName: _, ...input }: TaskInput): TaskInput {
  return input.name === 'project' || input.name === 'connectionType' ? { ...input, helpMarkDown: '' } : input;
}

function connectionTypeOf({ name, inputs }: TaskManifest, endpointId: string): string {
  const [, input] = /^\$\((\w+)\)$/.exec(endpointId) ?? [];
  const [kind, type] = inputs.find((found) => found.name === input)?.type.split(':') ?? [];
  assert.ok(kind === 'connectedService' && type !== undefined, `${name}: ${endpointId} is no connection`);
  return type;
}

function nameOf({ name }: TaskInput): string {
  return name;
}
