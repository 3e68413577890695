import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import type { DocumentStore } from '../../shared/variables/registry/documentStore';
import type { Author, RegistryModel, RepositoryLink } from '../../shared/variables/registry/revision';
import { ToolError } from '../toolError';

interface Edit {
  readonly author: Author;
  readonly comment: string;
  /** How long before now, in hours. */
  readonly hoursAgo: number;
  /** Lines of the file, each with what takes its place. */
  readonly replace: readonly (readonly [line: string, replacement: string])[];
}

export interface HistoryOptions {
  readonly projectId: string;
  readonly authors: readonly [Author, Author];
  /** The model repository, whose files are the first revisions. */
  readonly repository: string;
  /** The model in it. */
  readonly model: string;
  readonly repositoryId: string;
  readonly now: Date;
  /** Adds changes and a second model that nobody made, to show what the hub can do with the model of the template. */
  readonly isDemo: boolean;
}

/** Saves the models that the hub begins with, where the project has none. @returns whether it did */
export async function addModelHistory(store: DocumentStore, options: HistoryOptions): Promise<boolean> {
  const { repository, model, projectId, repositoryId, authors, isDemo } = options;
  const [first, second] = authors;
  const reader = new ModelRegistry(store, { projectId, author: first, now: () => options.now });
  if ((await reader.models()).length > 0) return false;
  const files = { model: path.join(model, 'model_variables.yml'), base: 'pipelines/base_variables.yml' };
  const [text, base] = await Promise.all(
    [files.model, files.base].map((file) => readFile(path.join(repository, file), 'utf8')),
  );
  const link: RepositoryLink = {
    id: repositoryId,
    path: `/${files.model.split(path.sep).join('/')}`,
    branch: 'main',
  };
  const hoursAgo = isDemo ? 720 : 0;
  const edits = isDemo ? editsOf(first, second) : [takenFrom(first, hoursAgo)];
  await save(store, options, { id: model, text: text ?? '', link, edits });
  if (isDemo) {
    const smaller = (text ?? '').replaceAll(model, 'churn').replaceAll('demo-model', 'churn');
    const taken = { author: second, comment: 'Add churn', hoursAgo: 30, replace: [] };
    await save(store, options, { id: 'churn', text: smaller, edits: [taken] });
  }
  const shared = { author: first, comment: 'Take the base variables from the repository', hoursAgo, replace: [] };
  const sharedRegistry = new ModelRegistry(store, registryOptions(options, shared));
  await sharedRegistry.saveBase({ text: base ?? '', comment: shared.comment, base: undefined });
  return true;
}

function takenFrom(author: Author, hoursAgo: number): Edit {
  return { author, comment: 'Take the variables from the repository', hoursAgo, replace: [] };
}

const editsOf = (first: Author, second: Author): readonly Edit[] => [
  takenFrom(first, 720),
  {
    author: second,
    comment: 'Train longer: the loss still fell after 300 epochs',
    hoursAgo: 170,
    replace: [['    epochs: 300', '    epochs: 400']],
  },
  {
    author: first,
    comment: 'Serve production with three replicas',
    hoursAgo: 49,
    replace: [
      ['locked: [modelName]', 'environments:\n  prod:\n    service:\n      replicas: 3\n\nlocked: [modelName]'],
    ],
  },
  {
    // What pipelines train with afterwards is what the repository says: the figures of the documentation stay as they are.
    author: second,
    comment: 'Train 300 epochs again: the accuracy did not change',
    hoursAgo: 3,
    replace: [['    epochs: 400', '    epochs: 300']],
  },
];

interface Model {
  readonly id: string;
  readonly text: string;
  readonly link?: RepositoryLink;
  readonly edits: readonly Edit[];
}

async function save(store: DocumentStore, options: HistoryOptions, { id, text, link, edits }: Model): Promise<void> {
  let [current, base]: [string, RegistryModel | undefined] = [text, undefined];
  for (const edit of edits) {
    current = edited(current, edit.replace);
    const registry = new ModelRegistry(store, registryOptions(options, edit));
    const { comment } = edit;
    const result = await registry.save({ id, text: current, comment, base, ...(link && { repository: link }) });
    if (result.kind !== 'saved') throw new ToolError(`${id} was saved by somebody else: ${edit.comment}.`);
    base = result.model;
  }
}

function registryOptions({ projectId, now }: HistoryOptions, { author, hoursAgo }: Edit) {
  return { projectId, author, now: () => new Date(now.getTime() - hoursAgo * 3_600_000) };
}

/** @throws ToolError when a line is not in the text, which was changed then */
function edited(text: string, replacements: Edit['replace']): string {
  return replacements.reduce((before, [line, replacement]) => {
    if (!before.split('\n').includes(line)) throw new ToolError(`The variables of the model have no line '${line}'.`);
    return before.replace(`${line}\n`, `${replacement}\n`);
  }, text);
}
