import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { load } from 'js-yaml';
import { projectRoot } from '../../tools/commandLine';

const template = resolve(projectRoot, 'template');
const shipped = resolve(projectRoot, 'shared/variables/model_variables.schema.json');
const modelFile = resolve(template, 'demo_model/model_variables.yml');
const read = (file: string): Promise<string> => readFile(file, 'utf8');

describe("the variables of the template's model", () => {
  /** As an editor finds its schema: by the first line of the file. */
  async function schemaOfTheFile(): Promise<string> {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await read(modelFile)) ?? [];
    return resolve(dirname(modelFile), schema);
  }

  /** Ajv has our marks and formats told, which editors pass over. */
  function validator(schema: string): ValidateFunction {
    const ajv = new Ajv({ keywords: ['mandatory', 'locked', 'compileTime'], allowUnionTypes: true });
    return ajv.addFormat('path', true).compile(JSON.parse(schema) as object);
  }

  it('name a schema that is as we ship it', async () => {
    assert.equal(await read(await schemaOfTheFile()), await read(shipped), 'copy it from shared/variables');
  });

  it('are what an editor takes by it', async () => {
    const validate = validator(await read(await schemaOfTheFile()));
    assert.ok(validate(load(await read(modelFile))), JSON.stringify(validate.errors));
  });

  it('are checked by what a team adds to it, in an editor too', async () => {
    const schema = JSON.parse(await read(await schemaOfTheFile())) as {
      definitions: { variables: { properties: Record<string, object> } };
    };
    schema.definitions.variables.properties['epochs'] = { type: 'string', enum: ['1'] };
    const validate = validator(JSON.stringify(schema));
    assert.equal(validate(load(await read(modelFile))), false);
  });
});
