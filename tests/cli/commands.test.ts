import assert from 'node:assert/strict';
import { commands, groups, loadTask } from '../../cli/commands';
import { isConnection, optionInputs } from '../../cli/manifest';
import { globalOptions, signInOptions } from '../../cli/options/globalOptions';
import { kebabCase } from '../../cli/options/optionName';
import { taskOptions } from '../../cli/options/taskOptions';
import { cliManifest } from '../../tools/cliBundle';
import { projectRoot } from '../../tools/commandLine';
import { parsed } from './parsed';

const manifest = await cliManifest(projectRoot);

describe('The commands of mloccli', () => {
  it('include every task exactly once, with its own words in lower case as another name', () => {
    const names = manifest.tasks.map(({ name }) => name);
    assert.deepEqual(commands.map(({ task }) => task).sort(), names.sort());
    assert.equal(new Set(commands.map(({ group, verb }) => `${group} ${verb}`)).size, commands.length);
    for (const { group } of commands) assert.ok(group in groups, group);
    for (const group of Object.keys(groups))
      assert.ok(
        commands.some((row) => row.group === group),
        group,
      );
    assert.equal(kebabCase('RunJob'), 'run-job');
    for (const { task, group } of commands) assert.notEqual(kebabCase(task), group);
  });

  for (const row of commands) {
    const task = manifest.tasks.find(({ name }) => name === row.task) ?? assert.fail(row.task);

    describe(`${row.group} ${row.verb}`, () => {
      it('loads its task, whose inputs are those of the manifest', async () => {
        const { inputs } = await loadTask(row);
        assert.deepEqual(
          task.inputs.map(({ name, isSecret = false }) => [name, isSecret]),
          Object.entries(inputs).map(([name, { isSecret = false }]) => [name, isSecret]),
        );
      });

      it('has an option for each input but connections, and no two options of the same name', () => {
        const options = [...taskOptions(task, { isFull: true }), ...signInOptions(task), ...globalOptions(row)];
        const names = options.flatMap(({ long, short }) => [long, short]).filter((name) => name !== undefined);
        assert.deepEqual(
          names.filter((name, index) => names.indexOf(name) !== index),
          [],
        );
        for (const { name, type } of optionInputs(task)) {
          assert.ok(names.includes(`--${kebabCase(name)}`), name);
          assert.equal(names.includes(`--no-${kebabCase(name)}`), type === 'boolean', name);
        }
        // An import can use a connection of the project, which has an option of the sign-in.
        for (const { name } of task.inputs.filter(
          (input) => isConnection(input) && input.type !== 'connectedService:git',
        ))
          assert.ok(!names.includes(`--${kebabCase(name)}`), name);
      });

      it('has examples that can be parsed, and inputs in its confirmations that exist', () => {
        assert.ok(row.examples.length > 0);
        for (const example of row.examples) {
          const args = [...example.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
          assert.equal(parsed(manifest, args)?.row, row, example);
        }
        for (const { when } of row.confirmations ?? [])
          for (const [name, value] of Object.entries(when)) {
            const input = task.inputs.find((each) => each.name === name) ?? assert.fail(name);
            assert.ok(input.type === 'boolean' || input.choices?.includes(value), `${name} is never ${value}`);
          }
      });

      it('speaks of a terminal in its help', () => {
        const texts = [task.description, ...optionInputs(task).map(({ help }) => help)];
        const wrong =
          /\b(?:(?:this|the) step|agent(?! pool)|System\.|service connection(?!s)|[Tt]he task\b|pipeline run)|\$\(/;
        assert.deepEqual(
          texts.filter((text) => wrong.test(text)),
          [],
        );
      });
    });
  }
});
