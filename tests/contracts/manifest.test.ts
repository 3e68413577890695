import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';
import { hubPages } from '../../tools/hubBundle';
import { endpointContribution, hubContribution, readExtensionManifest, readTasks } from '../../tools/manifests';

const manifest = await readExtensionManifest(projectRoot);
const tasks = await readTasks(projectRoot);

describe('vss-extension.json', () => {
  it('has an id, a description and categories that the Marketplace accepts', () => {
    for (const id of [manifest.id, manifest.publisher]) assert.match(id, /^[A-Za-z0-9][A-Za-z0-9-]*$/);
    assert.ok(manifest.description.length <= 200, `${manifest.description.length} characters`);
    const known = ['Azure Repos', 'Azure Boards', 'Azure Pipelines', 'Azure Test Plans', 'Azure Artifacts'];
    assert.ok(manifest.categories.length > 0);
    assert.deepEqual(
      manifest.categories.filter((category) => !known.includes(category)),
      [],
    );
  });

  it('does not claim to be published by Microsoft or Databricks', () => {
    const names = [manifest.id, manifest.publisher, manifest.name, ...tasks.map((task) => task.manifest.author)];
    for (const name of names) assert.doesNotMatch(name, /microsoft|databricks/i);
  });

  it('refers only to existing files', () => {
    const hubs = manifest.contributions.filter(({ type }) => type === hubContribution);
    const endpoints = manifest.contributions.filter(({ type }) => type === endpointContribution);
    const named = [
      manifest.icons.default,
      ...Object.values(manifest.content).map((content) => content.path),
      ...manifest.files.map((file) => file.path),
      ...endpoints.flatMap(({ properties }) => properties.icon ?? []),
      ...hubs.flatMap(({ properties }) => hubIcons(properties.icon)),
    ];
    const made = ['THIRD-PARTY-NOTICES.txt', 'hub'];
    assert.deepEqual(
      named.filter((file) => !made.includes(file) && !existsSync(path.join(projectRoot, file))),
      [],
    );
  });

  it('has icons of the required sizes', async () => {
    assert.ok((await pngSize(manifest.icons.default)) >= 128);
    for (const { folder } of tasks) assert.equal(await pngSize(`images/tasks/${folder}.png`), 32);
  });

  it('opens the pages that are built, and declares from the first version on what they will need', () => {
    const pages = manifest.contributions.flatMap(({ properties }) => properties.uri ?? []);
    const built = hubPages(projectRoot).map(({ name }) => `hub/${name}.html`);
    assert.deepEqual([...pages].sort(), [...built].sort());
    assert.deepEqual(manifest.scopes, ['vso.code_write', 'vso.build_execute']);
    assert.ok(manifest.files.some(({ path: file, addressable }) => file === 'hub' && addressable === true));
  });

  it('uses only its own connection types and those of every organization', () => {
    const own = manifest.contributions.filter(({ type }) => type === endpointContribution);
    const types = ['AzureRM', 'externaltfs', 'git', 'kubernetes', ...own.map(({ properties }) => properties.name)];
    const used = tasks.flatMap((task) => task.manifest.inputs).map((input) => input.type.split(':'));
    for (const [kind, type = ''] of used) if (kind === 'connectedService') assert.ok(types.includes(type), type);
  });
});

describe('overview.md', () => {
  it('contains no SVG images and no images that are not packaged', async () => {
    const overview = await readFile(path.join(projectRoot, 'overview.md'), 'utf8');
    for (const [, picture = ''] of overview.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      assert.doesNotMatch(picture, /\.svg/i);
      assert.match(picture, /^(https:|images\/[^/]+$|docs\/images\/[^/]+$)/);
      assert.ok(picture.startsWith('https:') || existsSync(path.join(projectRoot, picture)), picture);
    }
  });
});

/** The files of the icons for the light and the dark theme. */
function hubIcons(icon: unknown): readonly string[] {
  const { light, dark } = icon as { readonly light: string; readonly dark: string };
  return [light, dark].map((address) => address.replace(/^asset:\/\//, ''));
}

/** The width of a square PNG. */
async function pngSize(file: string): Promise<number> {
  const header = await readFile(path.join(projectRoot, file));
  assert.equal(header.toString('latin1', 1, 4), 'PNG', file);
  assert.equal(header.readUInt32BE(16), header.readUInt32BE(20), `${file} is not square`);
  return header.readUInt32BE(16);
}
