import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Extensions } from '../../sandbox/devops/extensions/extensions';
import { type HostedExtension, readManifest } from '../../sandbox/devops/host/manifest';
import type { Organization } from '../../sandbox/devops/organization';
import { projectRoot } from '../commandLine';

/** Where the embedded organization keeps what the hub stores, from one run to the next. */
export function organizationFile(outputFolder: string): string {
  return path.join(outputFolder, 'organization.json');
}

/** The extension of this project, as its manifest describes it. */
export async function ownExtension(): Promise<HostedExtension> {
  return readManifest(JSON.parse(await readFile(path.join(projectRoot, 'vss-extension.json'), 'utf8')));
}

/** Installs the extension of this project in an organization, with the data that its file has. */
export async function installExtension({ state }: Organization): Promise<void> {
  const { publisherName, extensionName, version } = await ownExtension();
  state.of(Extensions).install(publisherName, extensionName, version);
}
