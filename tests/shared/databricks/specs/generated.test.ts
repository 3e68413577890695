import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { specTypes, specWords } from '../../../../shared/databricks/specs/specTypes';
import { generateSpecTypes, specTypesFile } from '../../../../tools/specSchemas';

describe('the table of specification types', () => {
  it("matches the SDK's types (otherwise run: npx tsx tools/specSchemas.ts)", async function () {
    this.timeout(60_000); // compiles the SDK's types: about 3 s
    assert.equal(await readFile(specTypesFile, 'utf8'), await generateSpecTypes());
  });

  it('refers only to its own types', () => {
    const known = new Set(['string', 'number', 'boolean', ...Object.keys(specTypes), ...Object.keys(specWords)]);
    const used = Object.values(specTypes).flatMap((fields) => Object.values(fields));
    assert.deepEqual(
      used.map((type) => type.replace(/(\[\]|\{\})?!?$/, '')).filter((type) => !known.has(type)),
      [],
    );
  });
});
