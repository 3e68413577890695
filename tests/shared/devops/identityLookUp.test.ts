import assert from 'node:assert/strict';
import { IdentityLookUp } from '../../../shared/devops/identityLookUp';
import { OrganizationUnderTest } from './organizationUnderTest';

const project = { id: '11111111-1111-4111-8111-111111111111', name: 'models' };

interface Shown {
  readonly account: string;
  readonly mail?: string;
  readonly isGroup?: boolean;
  readonly isActive?: boolean;
  readonly scope?: string;
}

/** As the service shows somebody. */
function identity({ account, mail, isGroup = false, isActive = true, scope = 'models' }: Shown, id = account) {
  const property = (value: string) => ({ $type: 'System.String', $value: value });
  return {
    id,
    descriptor: `Microsoft.TeamFoundation.Identity;${id}`,
    providerDisplayName: isGroup ? `[${scope}]\\${account}` : (account.split('@')[0] ?? ''),
    isActive,
    ...(isGroup && { isContainer: true }),
    properties: { Account: property(account), ...(mail !== undefined && { Mail: property(mail) }) },
  };
}

describe('IdentityLookUp', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  const list = (...value: readonly object[]) => ({ body: { count: value.length, value } });

  async function lookUp(name: string, ...found: readonly Shown[]) {
    const identities = list(...found.map((each) => identity(each)));
    const noTeams = /@|\]\\/.test(name) ? [] : [list()];
    organization.answers(...noTeams, identities);
    return new IdentityLookUp(organization.connect(), project).lookUp(name);
  }

  async function idOf(name: string, ...found: readonly Shown[]): Promise<string> {
    const resolution = await lookUp(name, ...found);
    return 'found' in resolution ? resolution.found.id : resolution.problem;
  }

  const ada: Shown = { account: 'ada@contoso.com' };

  it('finds a person by the address, in any case, and not one who was removed', async () => {
    assert.equal(await idOf(' Ada@contoso.com ', ada), ada.account);
    const other = { account: 'x@fabrikam.com', mail: 'ada@contoso.com' };
    assert.equal(await idOf('ada@contoso.com', other), other.account);
    assert.equal(await idOf('ada@contoso.com', { ...ada, isActive: false }), 'is not a person of the organization.');
    assert.equal(
      await idOf('ada@contoso.com', { account: 'ada@fabrikam.com' }),
      'is not a person of the organization.',
    );
  });

  it('finds a group by its address where no person has it', async () => {
    const group: Shown = { account: 'Data', isGroup: true, mail: 'data@contoso.com', scope: 'TEAM FOUNDATION' };
    assert.equal(await idOf('data@contoso.com', group), 'Data');
    assert.equal(await idOf('data@contoso.com', group, { account: 'data@contoso.com' }), 'data@contoso.com');
  });

  it('prefers a group of the project, and otherwise takes a name that only one has', async () => {
    const own: Shown = { account: 'Owners', isGroup: true };
    const others: Shown = { account: 'Owners', isGroup: true, scope: 'other' };
    organization.answers(list(), list(identity(others, '1'), identity(own, '2')));
    const found = await new IdentityLookUp(organization.connect(), project).lookUp('owners');
    assert.deepEqual('found' in found && [found.found.id, found.found.text], ['2', '[models]\\Owners']);
    assert.equal(await idOf('owners', others), 'Owners');
    assert.equal(await idOf('ada', ada), ada.account);
    assert.match(
      await idOf('ada', ada, { account: 'ada@fabrikam.com' }),
      /^is the name of 2 identities: ada@contoso\.com /,
    );
    assert.match(
      await idOf('nobody', ada),
      /^is not a team of the project 'models', nor the name of a person or group\./,
    );
  });

  it('looks up a name once', async () => {
    organization.answers(list(identity(ada)));
    const look = new IdentityLookUp(organization.connect(), project);
    await Promise.all([look.lookUp('ada@contoso.com'), look.lookUp('ADA@contoso.com')]);
    assert.equal(organization.requests.length, 1);
  });
});
