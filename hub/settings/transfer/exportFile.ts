import type { ModelRegistry, RegistryContents } from '../../../shared/variables/registry/modelRegistry';
import type { RegistryModel, RepositoryLink, Revision } from '../../../shared/variables/registry/revision';
import type { RegistrySettings } from '../../../shared/variables/registry/settings';

export const exportFormat = 'model-registry-export/1';

/** All that the registry of a project has, as one document. */
export interface ExportFile {
  readonly format: typeof exportFormat;
  readonly project: { readonly id: string; readonly name: string };
  /** ISO 8601. */
  readonly exportedOn: string;
  readonly models: readonly ExportedText[];
  readonly base?: ExportedText;
  readonly schema?: ExportedText;
  readonly settings: RegistrySettings;
}

export interface ExportedText {
  readonly id: string;
  readonly text: string;
  readonly status: Revision['status'];
  readonly repository?: RepositoryLink;
  readonly rev: number;
  readonly isIntact: boolean;
  /** Newest first; absent where they were not asked for. */
  readonly revisions?: readonly Revision[];
}

export interface ExportOptions {
  readonly project: ExportFile['project'];
  readonly hasRevisions: boolean;
  readonly now: Date;
  /** Called with the number of documents that have been read. */
  readonly onProgress: (done: number, all: number) => void;
}

/** As many requests are under way at a time. */
const width = 4;

/** Everything that is stored, read now. @throws StoreError */
export async function exportRegistry(registry: ModelRegistry, options: ExportOptions): Promise<ExportFile> {
  const contents = await registry.contents();
  const documents = [...contents.models, contents.base, contents.schema].filter((each) => each !== undefined);
  const histories = options.hasRevisions
    ? await readHistories(registry, documents, options.onProgress)
    : new Map<string, readonly Revision[]>();
  return exportFileOf(contents, histories, options);
}

export function exportFileOf(
  contents: RegistryContents,
  histories: ReadonlyMap<string, readonly Revision[]>,
  { project, now }: Pick<ExportOptions, 'project' | 'now'>,
): ExportFile {
  const { models, base, schema, settings } = contents;
  const exported = (model: RegistryModel): ExportedText => {
    const { id, text, status, repository, rev, isIntact } = model;
    const revisions = histories.get(id);
    return { id, text, status, rev, isIntact, ...(repository && { repository }), ...(revisions && { revisions }) };
  };
  return {
    format: exportFormat,
    project,
    exportedOn: now.toISOString(),
    models: models.map(exported),
    ...(base && { base: exported(base) }),
    ...(schema && { schema: exported(schema) }),
    settings: settings.settings,
  };
}

async function readHistories(
  registry: ModelRegistry,
  documents: readonly RegistryModel[],
  onProgress: ExportOptions['onProgress'],
): Promise<ReadonlyMap<string, readonly Revision[]>> {
  const histories = new Map<string, readonly Revision[]>();
  const rest = [...documents];
  const work = async (): Promise<void> => {
    for (let document = rest.shift(); document; document = rest.shift()) {
      histories.set(document.id, await registry.revisions(document.id));
      onProgress(histories.size, documents.length);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return histories;
}
