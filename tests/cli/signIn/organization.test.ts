import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { repositoryOf } from '../../../cli/signIn/azure/gitRemote';
import { organizationPlace } from '../../../cli/signIn/azure/organization';
import { TerminalStage } from './terminalStage';

describe('the organization of Azure DevOps', () => {
  for (const remote of [
    'https://dev.azure.com/contoso/My%20Shop/_git/api',
    'https://contoso@dev.azure.com/contoso/My%20Shop/_git/api',
    'https://user:secret@dev.azure.com/contoso/My%20Shop/_git/_full/api/',
    'https://contoso.visualstudio.com/My%20Shop/_git/api',
    'https://contoso.visualstudio.com/DefaultCollection/My%20Shop/_git/_optimized/api',
    'https://dev.azure.com/contoso/_git/My%20Shop',
    'https://contoso.visualstudio.com/_git/My%20Shop',
    'git@ssh.dev.azure.com:v3/contoso/My%20Shop/api',
    'ssh://git@ssh.dev.azure.com/v3/contoso/My%20Shop/api',
    'ssh://git@ssh.dev.azure.com:22/v3/contoso/My%20Shop/api',
    'contoso@vs-ssh.visualstudio.com:v3/contoso/My%20Shop/api',
    'ssh://contoso@vs-ssh.visualstudio.com:22/DefaultCollection/My%20Shop/_ssh/api',
    'ssh://contoso@vs-ssh.visualstudio.com:22/My%20Shop/_ssh/api',
  ])
    it(`is that of ${remote}`, () => {
      assert.deepEqual(repositoryOf(remote), { url: 'https://dev.azure.com/contoso', project: 'My Shop' });
    });

  for (const remote of [
    'https://github.com/contoso/shop/_git/api',
    'git@github.com:contoso/shop.git',
    'https://dev.azure.com.evil.example/contoso/shop/_git/api',
    'https://dev.azure.com/contoso',
    '../shop',
    'C:\\shop',
    '',
  ])
    it(`is not in '${remote}'`, () => assert.equal(repositoryOf(remote), undefined));

  describe('of a folder', () => {
    let stage: TerminalStage;
    beforeEach(async () => {
      stage = await TerminalStage.open();
    });
    afterEach(() => stage.close());

    const git = (...given: readonly string[]): unknown =>
      execFileSync('git', given, { cwd: stage.home, stdio: 'pipe' });

    it('is that of its remote origin, whose project is not taken for another organization', async () => {
      git('init', '-q');
      git('remote', 'add', 'other', 'https://dev.azure.com/fabrikam/other/_git/api');
      git('remote', 'add', 'origin', 'https://dev.azure.com/contoso/shop/_git/api');
      const place = { url: 'https://dev.azure.com/contoso', project: 'shop' };
      assert.deepEqual(await organizationPlace(stage.context()), place);
      const named = (organization: string): ReturnType<typeof organizationPlace> =>
        organizationPlace(stage.context({ options: { organization } }));
      assert.deepEqual(await named('Contoso'), { url: 'https://dev.azure.com/Contoso', project: 'shop' });
      assert.deepEqual(await named('fabrikam'), { url: 'https://dev.azure.com/fabrikam' });
    });

    it('is unknown in a folder without a repository, unless az devops has defaults', async () => {
      assert.deepEqual(await organizationPlace(stage.context()), {});
      const defaults = '[defaults]\norganization = https://dev.azure.com/contoso\nproject = shop\n';
      await stage.file('.azure/azuredevops/config', defaults);
      const place = { url: 'https://dev.azure.com/contoso', project: 'shop' };
      assert.deepEqual(await organizationPlace(stage.context()), place);
    });
  });
});
