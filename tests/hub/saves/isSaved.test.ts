import assert from 'node:assert/strict';
import { isSaved } from '../../../hub/page/isSaved';
import type { RegistryModel } from '../../../shared/variables/registry/revision';
import { useOrganization } from '../../support/devops/fixture';
import { registryOf, saveText } from '../modelStage';

describe('Whether a draft is saved already', function () {
  this.timeout(60_000);
  const { organization } = useOrganization();
  const text = (epochs: number) => `variables:\n  epochs: ${epochs}\n`;

  it('follows from the revisions since the one that it was made on', async () => {
    const registry = registryOf(organization());
    const saved: RegistryModel[] = [];
    for (const epochs of [1, 2, 3, 1]) {
      await saveText(registry, 'churn', text(epochs));
      saved.push((await registry.model('churn')) ?? assert.fail());
    }
    const [first, second, , newest] = saved;
    assert.ok(first && second && newest);
    const cases = [
      { base: first, epochs: 2, of: second, expected: true },
      { base: first, epochs: 2, of: newest, expected: true },
      { base: first, epochs: 4, of: newest, expected: false },
      { base: second, epochs: 1, of: newest, expected: true },
      // Only a revision that the draft was made on has this text.
      { base: second, epochs: 2, of: newest, expected: false },
      { base: newest, epochs: 2, of: newest, expected: false },
      { base: undefined, epochs: 3, of: newest, expected: true },
      { base: first, epochs: 2, of: { ...newest, isIntact: false }, expected: false },
    ];
    for (const { base, epochs, of, expected } of cases)
      assert.equal(await isSaved(registry, { base, text: text(epochs) }, of), expected, `${base?.rev} ${epochs}`);
  });
});
