import assert from 'node:assert/strict';
import { InputError } from '../../../shared/errors';
import { pairs, sensitive, sensitivePairs, text, type Input } from '../../../shared/task/inputs';
import { readInputs } from '../../../shared/task/readInputs';
import { defineTask } from '../../../shared/task/task';
import { FakeAgent } from '../../support/fakeAgent';

/** An agent that reads only secrets for a secret input, as the real one may log what it reads otherwise. */
class SecretiveAgent extends FakeAgent {
  override input(name: string): string | undefined {
    assert.notEqual(name, 'it');
    return super.input(name);
  }
  override secretInput(name: string): string | undefined {
    return super.input(name);
  }
}

function read(input: Input<unknown>, given: string): { readonly value: unknown; readonly secrets: readonly string[] } {
  const agent = new SecretiveAgent({ it: given });
  const task = defineTask({ inputs: { it: input }, outputs: [], run: () => Promise.resolve('') });
  const { it: value } = readInputs(task, agent);
  return { value, secrets: agent.said.filter(({ kind }) => kind === 'secret').map(({ text: secret }) => secret) };
}

describe('a sensitive input', () => {
  it('is announced as a secret when it is read', () => {
    assert.deepEqual(read(sensitive({ required: true }), 'hunter2'), { value: 'hunter2', secrets: ['hunter2'] });
  });

  it('of pairs announces each value, and no name', () => {
    assert.deepEqual(read(sensitivePairs(), 'USER=ada\nKEY=a=b\nNONE='), {
      value: { USER: 'ada', KEY: 'a=b', NONE: '' },
      secrets: ['ada', 'a=b'],
    });
  });

  it('in JSON announces texts and numbers at any depth, but not true, false and null', () => {
    const { value, secrets } = read(sensitivePairs(), '{"A": {"x": ["s1", 42]}, "B": true, "C": null, "D": "s2"}');
    assert.deepEqual(value, { A: { x: ['s1', 42] }, B: 'true', C: null, D: 's2' });
    assert.deepEqual(secrets, ['s1', '42', 's2']);
  });

  for (const given of [
    '{"A": "hunter2',
    '{A: *hunter2}',
    '{A: !hunter2 x}',
    '[hunter2]',
    'hunter2',
    'A=hunter2\nA=hunter2',
  ])
    it(`is not repeated by the error of ${given.replaceAll('hunter2', '…').replaceAll('\n', ' ')}`, () => {
      assert.throws(
        () => read(sensitivePairs(), given),
        (error) => error instanceof InputError && !error.message.includes('hunter2'),
      );
    });

  it('has the type of a plain one in task.json', () => {
    assert.deepEqual(sensitive({ required: true }).manifest, text({ required: true }).manifest);
    assert.deepEqual(sensitivePairs().manifest, pairs().manifest);
  });
});
