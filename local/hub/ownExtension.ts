import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extensions } from '../../sandbox/devops/extensions/extensions';
import { type HostedExtension, readManifest } from '../../sandbox/devops/host/manifest';
import type { Organization } from '../../sandbox/devops/organization';

/** The manifest is beside the folder `local`: in the project, and in the package of the command line. */
const manifest = fileURLToPath(new URL('../../vss-extension.json', import.meta.url));

/** Where the embedded organization keeps what the hub stores, from one run to the next. */
export function organizationFile(outputFolder: string): string {
  return path.join(outputFolder, 'organization.json');
}

/** The extension of this project, as its manifest describes it. */
export async function ownExtension(): Promise<HostedExtension> {
  return readManifest(JSON.parse(await readFile(manifest, 'utf8')));
}

/** Installs the extension of this project in an organization, with the data that its file has. */
export async function installExtension({ state }: Organization): Promise<void> {
  const { publisherName, extensionName, version } = await ownExtension();
  state.of(Extensions).install(publisherName, extensionName, version);
}
