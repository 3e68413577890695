import assert from 'node:assert/strict';
import type { Request } from 'playwright-core';
import type { RepositoryLink } from '../../../shared/variables/registry/revision';
import { commitFiles, storedRepository } from '../repository/fixture';
import { useHub } from '../support/browser';
import { registryOf } from '../modelStage';

const text = (epochs: number) => `variables:\n  epochs: ${epochs} # rounds\n`;

describe('The list of models that are linked to files', () => {
  const hub = useHub();
  /** The file of a model is at the path of its name. */
  const save = async (id: string, of: string, link: Partial<RepositoryLink> = {}) => {
    const registry = registryOf(hub.organization());
    const repository = { id: storedRepository(hub.organization()).id, path: `/${id}.yml`, branch: 'main', ...link };
    const result = await registry.save({ id, text: of, comment: '', base: await registry.model(id), repository });
    assert.equal(result.kind, 'saved');
  };

  it('says which of them have other values than their files, and leads to the differences', async () => {
    await commitFiles(hub.organization(), {
      '/same.yml': text(1),
      '/only-text.yml': '# Another comment\r\nvariables: { epochs: 1 }\r\n',
      '/other.yml': text(2),
      '/not-yaml.yml': 'a: b: c',
    });
    for (const id of ['same', 'only-text', 'other', 'absent', 'not-yaml']) await save(id, text(1));
    await save('elsewhere', text(1), { branch: 'gone' });
    await save('refused', text(1), { id: '00000000-0000-4000-8000-000000000000' });
    const { frame, page } = await hub.openHub();
    const state = (id: string) =>
      frame.getByRole('row').filter({ has: frame.getByRole('link', { name: id, exact: true }) });
    for (const id of ['other', 'absent', 'not-yaml'])
      await state(id).getByRole('link', { name: 'Differs from the repository' }).waitFor();
    for (const id of ['same', 'only-text', 'elsewhere', 'refused'])
      await state(id).getByText('Valid', { exact: true }).waitFor();
    const reasons = await Promise.all(
      ['elsewhere', 'refused'].map((id) => state(id).locator('.hub-state').getAttribute('title')),
    );
    assert.match(reasons[0] ?? '', /^Not compared with \/elsewhere\.yml: The branch gone does not exist/);
    assert.match(
      reasons[1] ?? '',
      /^Not compared with \/refused\.yml: The repository .* does not exist, or you do not/,
    );
    await frame
      .getByRole('search')
      .getByRole('button', { name: /^State/ })
      .click();
    await frame.getByRole('menuitemradio', { name: 'Differs from the repository' }).click();
    await frame.getByText('3 of 7 models').waitFor({ state: 'attached' });
    await state('other').getByRole('link', { name: 'Differs from the repository' }).click();
    await frame.getByText('The hub and the file have different values, and were never the same.').waitFor();
    assert.equal(await page.evaluate(() => location.hash), '#model=other&tab=repository');
  });

  it('reads each file by one request, few at the same time, and not again when people come back within a minute', async () => {
    const count = 12;
    await commitFiles(hub.organization(), { '/other.yml': text(2) });
    for (let index = 0; index < count; index++) await save(`m${index}`, text(index));
    const settings = await hub.openHub({ hash: 'view=settings' });
    let [asked, running, most] = [0, 0, 0];
    const isFile = (request: Request) => request.method() === 'GET' && request.url().includes('/items?');
    const { page } = settings;
    page.on('request', (request) => {
      if (!isFile(request)) return;
      asked++;
      most = Math.max(most, ++running);
    });
    page.on('requestfinished', (request) => {
      if (isFile(request)) running--;
    });
    const { frame, goto } = await hub.openHub({ within: settings });
    const differing = frame.getByRole('link', { name: 'Differs from the repository' });
    await differing.nth(count - 1).waitFor();
    assert.equal(asked, count);
    assert.ok(most <= 4, `${most} at the same time`);
    await frame.getByRole('link', { name: 'm3', exact: true }).click();
    await frame.getByRole('grid').waitFor();
    await goto('');
    await differing.nth(count - 1).waitFor();
    assert.equal(asked, count);
  });
});
