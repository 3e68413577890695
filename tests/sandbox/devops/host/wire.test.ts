import assert from 'node:assert/strict';
import { type AnyFunction, packMember, unpack } from '../../../../sandbox/devops/host/page/wire';

describe('Values between the page of Azure DevOps and an extension', () => {
  const kept: AnyFunction[] = [];
  const options = { hasUnderscores: true, channelId: 1, keep: (called: AnyFunction) => kept.push(called) };
  /** As they arrive on the other side. */
  const sent = (value: unknown, hasUnderscores = true): unknown => {
    const text = JSON.stringify({ value: packMember(value, { ...options, hasUnderscores }) });
    return unpack((JSON.parse(text) as { value?: unknown }).value, (id) => kept[id - 1] ?? (() => undefined));
  };

  it('arrive as they are, except for null, undefined and "constructor"', () => {
    const given = { text: '', zero: 0, no: false, list: [1, null], map: {}, at: new Date(7), _own: 1 };
    assert.deepEqual(sent({ ...given, nothing: null, missing: undefined, constructor: 1 }), given);
    assert.deepEqual(sent({ _own: 1, text: '' }, false), { text: '' });
    assert.equal(sent(null), undefined);
  });

  it('lose what is nested more than 100 deep', () => {
    let deep: object = {};
    for (let depth = 0; depth < 120; depth += 1) deep = { in: deep };
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null && 'in' in value ? 1 + depthOf(value.in) : 0;
    // The call's list of arguments, or of results, is the first of the 100.
    assert.equal(depthOf(sent(deep)), 98);
  });

  it('keep functions, with their object, and objects that contain themselves', () => {
    const given = {
      name: 'a',
      ask(what: string) {
        return `${this.name} ${what}`;
      },
    };
    const arrived = sent(given) as { readonly ask: (what: string) => string };
    assert.equal(arrived.ask('b'), 'a b');
    const parent: { self?: object; text: string } = { text: 'a' };
    parent.self = parent;
    const again = sent(parent) as typeof parent;
    assert.equal(again.self, again);
  });
});
