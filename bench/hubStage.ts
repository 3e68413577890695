import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHost } from '../sandbox/devops/host/host';
import type { Organization } from '../sandbox/devops/organization';
import { startLocalOrganization } from '../sandbox/localOrganization';
import { ModelRegistry } from '../shared/variables/registry/modelRegistry';
import { emptyPage } from '../tests/hub/support/testPages';
import { projectRoot } from '../tools/commandLine';
import { localDocuments } from '../local/hub/localDocuments';
import { installExtension, ownExtension } from '../local/hub/ownExtension';
import { bundleHub } from '../tools/hubBundle';

const models = 200;
const revisions = 500;
const variables = 300;

/** The names of what the hub of the stage has: 200 models, one of them with 500 revisions and one with 300 variables. */
export const filled = {
  longModel: 'model-0',
  revisions,
  wideModel: 'model-1',
} as const;

/** Addresses of the hub, and of a page that makes the same requests and shows nothing. */
export interface StagePages {
  readonly hubUrl: string;
  readonly requestsUrl: string;
}

export interface HubStage {
  /** In the project with the models. */
  readonly full: StagePages;
  /** In a project without a model. */
  readonly empty: StagePages;
  close(): Promise<void>;
}

/** Two organizations, and in each a host for each of the two pages. */
export async function openHubStage(): Promise<HubStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-hub-'));
  const hubFolder = path.join(folder, 'hub');
  const [requestsFolder] = await Promise.all([emptyPage(), bundleHub(projectRoot, hubFolder)]);
  const extension = await ownExtension();
  const open = async () => {
    const organization = await startLocalOrganization();
    await installExtension(organization);
    const hosts = await Promise.all(
      [hubFolder, requestsFolder].map((pages) => startHost({ organization, hubFolder: pages, extension })),
    );
    const [hubUrl = '', requestsUrl = ''] = hosts.map(({ url }) => url);
    const close = async () => {
      for (const host of hosts) await host.close();
      await organization.close();
    };
    return { organization, pages: { hubUrl, requestsUrl }, close };
  };
  const [full, empty] = [await open(), await open()];
  await fill(full.organization);
  return {
    full: full.pages,
    empty: empty.pages,
    close: async () => {
      await full.close();
      await empty.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function fill(organization: Organization): Promise<void> {
  const projectId = organization.state.projects.find(organization.project)?.id ?? '';
  const registry = new ModelRegistry(localDocuments(organization, await ownExtension()), {
    projectId,
    author: { id: 'ada', name: 'Ada Lovelace' },
    now: () => new Date(),
  });
  for (let index = 0; index < models; index++) await save(registry, `model-${index}`, textOf(`model-${index}`, 10));
  for (let rev = 2; rev <= filled.revisions; rev++)
    await save(registry, filled.longModel, textOf(filled.longModel, 10, rev));
  await save(registry, filled.wideModel, textOf(filled.wideModel, variables));
}

async function save(registry: ModelRegistry, id: string, text: string): Promise<void> {
  const result = await registry.save({ id, text, comment: 'Change', base: await registry.head(id) });
  if (result.kind !== 'saved') throw new Error(`The model ${id} was not saved.`);
}

function textOf(name: string, count: number, first = 1): string {
  const lines = Array.from({ length: count }, (_, index) => `  variable_${index}: ${index === 0 ? first : index}`);
  return ['variables:', `  modelName: ${name}`, "  modelVersion: '1'", ...lines, ''].join('\n');
}
