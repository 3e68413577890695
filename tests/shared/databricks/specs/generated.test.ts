import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { specTypes, specWords } from '../../../../shared/databricks/specs/specTypes';
import { generateSpecTypes, specTypesFile } from '../../../../tools/specSchemas';

describe('the table of specification types', () => {
  it("is what follows from the SDK's types (else run: npx tsx tools/specSchemas.ts)", async function () {
    this.timeout(60_000); // compiles the SDK's types: about 3 s
    assert.equal(await readFile(specTypesFile, 'utf8'), await generateSpecTypes());
  });

  it('names no type that it does not have', () => {
    const known = new Set(['string', 'number', 'boolean', ...Object.keys(specTypes), ...Object.keys(specWords)]);
    const used = Object.values(specTypes).flatMap((fields) => Object.values(fields));
    assert.deepEqual(
      used.map((type) => type.replace(/(\[\]|\{\})?!?$/, '')).filter((type) => !known.has(type)),
      [],
    );
  });
});
