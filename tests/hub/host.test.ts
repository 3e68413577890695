import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axe, useHub } from './support/browser';
import { protocolPage } from './support/testPages';

interface DataManager {
  createDocument(collection: string, document: object): Promise<object>;
  setDocument(collection: string, document: object): Promise<object>;
  getDocument(collection: string, id: string): Promise<object>;
  getDocuments(collection: string): Promise<readonly object[]>;
}

declare global {
  interface Window {
    data: DataManager;
    hostNavigation: {
      getHash(): Promise<string>;
      setHash(hash: string): void;
      replaceHash(hash: string): void;
      onHashChanged(callback: (hash: string) => void): void;
      setDocumentTitle(title: string): void;
    };
    heard: string[];
  }
}

/** As an extension keeps its data: with its own id and a token. */
async function openData(frame: Frame): Promise<void> {
  await frame.evaluate(async () => {
    const { sdk } = window;
    const service = await sdk.getService<{
      getExtensionDataManager(id: string, token: string): Promise<typeof window.data>;
    }>('ms.vss-features.extension-data-service');
    window.data = await service.getExtensionDataManager(sdk.getExtensionContext().id, await sdk.getAccessToken());
  });
}

describe('The page around an extension', function () {
  this.timeout(60_000);
  const { openHub, organization, host } = useHub({ hubFolder: protocolPage, scopes: ['vso.code_write'] });

  it('hands over the project, the person, the theme and the extension', async () => {
    const { frame, page, log, setTheme } = await openHub({ user: 'grace@example.com', theme: 'dark' });
    const known = await frame.evaluate(() => ({
      user: window.sdk.getUser().name,
      project: window.sdk.getWebContext().project.name,
      extension: window.sdk.getExtensionContext().id,
      organization: window.sdk.getHost().name,
      background: getComputedStyle(document.documentElement).getPropertyValue('--palette-neutral-0'),
    }));
    assert.deepEqual(known, {
      user: 'grace@example.com',
      project: 'local',
      extension: 'model-pipelines.model-pipeline-tasks',
      organization: organization().state.name,
      background: '37, 37, 37',
    });
    assert.deepEqual(await log(), ['initialHandshake sdk 5', 'notifyLoadSucceeded']);
    for (const theme of ['dark', 'light'] as const) {
      await setTheme(theme);
      const found = await axe(page.mainFrame());
      // The extension has the main part of the page, and its heading.
      assert.deepEqual(
        found.filter((each) => !/^(landmark-one-main|page-has-heading-one) /.test(each)),
        [],
        theme,
      );
    }
  });

  it('changes the theme of an extension that is open', async () => {
    const { frame, setTheme } = await openHub();
    const color = () =>
      frame.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--palette-neutral-100'));
    assert.equal(await color(), '0, 0, 0');
    await setTheme('dark');
    assert.equal(await color(), '212, 212, 212');
  });

  it('keeps documents in the organization, and loses what its messages lose', async () => {
    const { frame } = await openHub();
    await openData(frame);
    const created = await frame.evaluate(() =>
      window.data.createDocument('models', {
        id: 'churn',
        unset: null,
        list: [null, 1],
        nested: { unset: null, kept: '' },
        constructor: 'lost',
        _own: 1,
        date: new Date(5),
      }),
    );
    const stored = { id: 'churn', list: [null, 1], nested: { kept: '' }, _own: 1, date: '1970-01-01T00:00:00.005Z' };
    assert.deepEqual(created, { ...stored, __etag: 1 });
    assert.deepEqual(await frame.evaluate(() => window.data.getDocuments('models')), [{ ...stored, __etag: 1 }]);
  });

  it('answers refusals with objects that have the status and the type of the error', async () => {
    const { frame } = await openHub();
    await openData(frame);
    const refusals = await frame.evaluate(async () => {
      const refused = async (asked: Promise<object>) => {
        try {
          return await asked;
        } catch (error) {
          const { status, serverError } = error as { status?: number; serverError?: { typeKey?: string } };
          return [error instanceof Error, status, serverError?.typeKey];
        }
      };
      const { data } = window;
      const first = await refused(data.getDocument('models', 'churn'));
      await data.createDocument('models', { id: 'churn' });
      await data.setDocument('models', { id: 'churn', __etag: 1 });
      return [
        first,
        await refused(data.getDocument('models', 'other')),
        await refused(data.createDocument('models', { id: 'churn' })),
        await refused(data.setDocument('models', { id: 'churn', __etag: 1 })),
      ];
    });
    assert.deepEqual(refusals, [
      [false, 404, 'DocumentCollectionDoesNotExistException'],
      [false, 404, 'DocumentDoesNotExistException'],
      [false, 400, 'DocumentExistsException'],
      [false, 400, 'InvalidDocumentVersionException'],
    ]);
  });

  it('fails and delays calls when a test says so', async () => {
    const { frame, failNext } = await openHub();
    await openData(frame);
    await failNext('createDocument', { message: 'Too many requests', status: 429 });
    const create = () =>
      frame.evaluate(() =>
        window.data
          .createDocument('models', { id: 'a' })
          .catch((error: unknown) => (error as { status: number }).status),
      );
    assert.equal(await create(), 429);
    assert.deepEqual(await create(), { id: 'a', __etag: 1 });
  });

  it('keeps the hash of an extension in its URL and its history', async () => {
    const { frame, page, hasHash, goto, title } = await openHub({ hash: 'model=churn&tab=file' });
    await frame.evaluate(async () => {
      const service = await window.sdk.getService<typeof window.hostNavigation>(
        'ms.vss-features.host-navigation-service',
      );
      [window.hostNavigation, window.heard] = [service, []];
      service.onHashChanged((changed) => window.heard.push(changed));
      service.setDocumentTitle('churn - Models');
    });
    const inFrame = () => frame.evaluate(async () => [await window.hostNavigation.getHash(), ...window.heard]);
    assert.deepEqual(await inFrame(), ['model=churn&tab=file']);
    await frame.evaluate(() => window.hostNavigation.setHash('model=other'));
    await page.waitForURL(/#model=other$/);
    await goto('model=third');
    await page.goBack();
    await hasHash('model=other');
    assert.deepEqual(await inFrame(), ['model=other', 'model=other', 'model=third', 'model=other']);
    await frame.evaluate(() => window.hostNavigation.replaceHash('model=replaced'));
    await page.goBack();
    await hasHash('model=churn&tab=file');
    assert.equal(await title(), 'churn - Models');
  });

  it('shows toasts one after another, and calls back what undoes', async () => {
    const { frame, page, toasts } = await openHub();
    await frame.evaluate(async () => {
      window.heard = [];
      const service = await window.sdk.getService<{ addToast(toast: object): void }>(
        'ms.vss-tfs-web.tfs-global-messages-service',
      );
      const onCallToActionClick = () => window.heard.push('undone');
      service.addToast({ message: 'Saved', duration: 60_000, callToAction: 'Undo', onCallToActionClick });
      service.addToast({ message: 'Second', duration: 60_000 });
    });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Second').waitFor();
    await frame.waitForFunction(() => window.heard.length > 0);
    assert.deepEqual(await toasts(), [{ message: 'Saved', callToAction: 'Undo' }, { message: 'Second' }]);
  });

  it('lets an extension use the REST API with its scopes and the permissions of the person', async () => {
    const asked = async (user: string) => {
      const { frame } = await openHub({ user });
      const url = `${organization().url}local/_apis`;
      return frame.evaluate(async (root) => {
        const headers = {
          authorization: `Bearer ${await window.sdk.getAccessToken()}`,
          'content-type': 'application/json',
        };
        const send = async (path: string, body?: object) => {
          const asked = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) };
          return (await fetch(`${root}/${path}?api-version=7.1`, asked)).status;
        };
        const commit = { comment: 'Add a file', changes: [add('a.txt')] };
        const refUpdates = [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40) }];
        return [
          await send('git/repositories/local/pushes', { refUpdates, commits: [commit] }),
          await send('git/repositories', { name: 'new' }),
          await send('distributedtask/variablegroups'),
        ];
        function add(path: string) {
          const newContent = { content: '', contentType: 'rawtext' };
          return { changeType: 'add', item: { path: `/${path}` }, newContent };
        }
      }, url);
    };
    // The second and the third need a scope that the extension does not have.
    assert.deepEqual(await asked('ada@example.com'), [201, 401, 401]);
    assert.deepEqual(await asked('rosa@example.com'), [403, 401, 401]);
  });

  it('serves only the files of the extension, to be kept, compressed and with its policy', async () => {
    const { hubUrl } = host();
    const found = await fetch(`${hubUrl}models.html`);
    assert.match(found.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/);
    assert.equal(found.headers.get('content-encoding'), 'gzip');
    assert.match(found.headers.get('cache-control') ?? '', /immutable/);
    for (const path of ['', 'other.js', '..%2f..%2fpackage.json', '%2e%2e/models.html', '%', '/models.html'])
      assert.equal((await fetch(`${hubUrl}${path}`)).status, 404, path);
  });

  it('does not answer a frame of another origin', async () => {
    const { page, frame } = await openHub();
    const before = page.url();
    const other = `${organization().url}_apis/ResourceAreas?api-version=5.0-preview.1`;
    await frame.goto(other).catch(() => undefined);
    await frame.evaluate(() => {
      const message = { id: 1, methodName: 'getAccessToken', instanceId: 'DevOps.HostControl', params: [] };
      window.heard = [];
      addEventListener('message', (event) => window.heard.push(String(event.data)));
      parent.postMessage(JSON.stringify(message), '*');
    });
    await page.waitForFunction(() => window.host?.foreignOrigins.length === 1);
    assert.deepEqual(await frame.evaluate(() => window.heard), []);
    assert.equal(page.url(), before);
  });
});
