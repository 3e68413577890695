import assert from 'node:assert/strict';
import { namespaces, type SecurityNamespace } from '../../../../shared/devops/permissions/namespaces';
import { readSchema } from '../../../contracts/schemas';

type Action = readonly [bit: number, name: string, displayName: string];

describe('The security namespaces', () => {
  let recorded: ReadonlyMap<string, readonly Action[]> = new Map();
  before(async function () {
    const { securityNamespaces } = (await readSchema(this, 'azure-devops/recorded-exchanges.json')) as unknown as {
      readonly securityNamespaces: { readonly rows: readonly (readonly [string, ...unknown[], readonly Action[]])[] };
    };
    recorded = new Map(securityNamespaces.rows.map((row) => [row[0], row.at(-1) as readonly Action[]]));
  });

  const all: Readonly<Record<string, SecurityNamespace>> = namespaces;
  /** Pages that show roles in place of permissions. */
  const pagesOfRoles = new Set(['library', 'environment', 'serviceEndpoints']);

  for (const [name, { id, bits }] of Object.entries(all))
    it(`have the permissions of ${name} that the service has`, () => {
      const actions = recorded.get(id);
      assert.ok(actions, `${id} is no namespace`);
      for (const [bitName, { bit, shownAs }] of Object.entries(bits)) {
        const action: Action | undefined = actions.find((each) => each[1] === bitName);
        assert.ok(action, bitName);
        assert.equal(action[0], bit, bitName);
        if (!pagesOfRoles.has(name)) assert.equal(shownAs, action[2].trim(), bitName);
      }
    });
});
