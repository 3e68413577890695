import type { RegistryContents } from '../../../shared/variables/registry/modelRegistry';
import { modelIdProblem } from '../../../shared/variables/registry/modelIds';
import { RegistryRefusal } from '../../../shared/variables/registry/refusal';
import type { ModelStatus, RegistryModel } from '../../../shared/variables/registry/revision';
import type { RegistrySettings } from '../../../shared/variables/registry/settings';
import { readStoredText } from '../../../shared/variables/registry/storedText';
import { protectedNames } from '../../protection/protectedNames';
import { touchedEnvironments } from '../../protection/touchedEnvironments';
import { touchedModels } from '../../protection/touchedModels';
import { checkModel, modelSource, sharedVariables, type SharedVariables } from '../../variables/checkModel';
import { exportFormat } from './exportFile';
import { settingsMessages } from '../messages';
import { sharedTextProblems } from '../sharedText/sharedTextProblems';
import { withTexts } from './withTexts';

const { importing: messages } = settingsMessages;

/** What an export says that can be imported: the newest texts. */
export interface ImportFile {
  readonly models: readonly ImportedText[];
  readonly base: ImportedText | undefined;
  readonly schema: ImportedText | undefined;
  readonly settings: RegistrySettings | undefined;
}

export interface ImportedText {
  readonly id: string;
  readonly text: string;
  readonly status: ModelStatus;
}

/** Reads a file that was exported; what is not of the expected form is refused as a whole, as words after `the file …:`. */
export function readImport(content: string): ImportFile | { readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch {
    return { problem: messages.notJson };
  }
  const root = fieldsOf(parsed);
  const format = root['format'];
  if (typeof format === 'string' && format !== exportFormat && format.startsWith('model-registry-export/'))
    return { problem: messages.newer(format.slice(0, 60)) };
  const list = root['models'];
  if (format !== exportFormat || !Array.isArray(list)) return { problem: messages.notExport };
  const models = list.map(readText);
  const shared = (name: string) => (root[name] === undefined ? null : readText(root[name]));
  const [base, schema] = [shared('base'), shared('schema')];
  if (base === undefined || schema === undefined || models.some((model) => !model))
    return { problem: messages.notExport };
  return {
    models: models.filter((model) => model !== undefined),
    base: base ?? undefined,
    schema: schema ?? undefined,
    settings: readSettingsFields(root['settings']),
  };
}

/** What an import does to one document. */
export interface ImportItem {
  /** The id of a model, or `base`, `schema`, `settings`. */
  readonly id: string;
  readonly kind: 'model' | 'base' | 'schema' | 'settings';
  /** As people read it. */
  readonly name: string;
  readonly effect: 'new' | 'revision' | 'same' | 'refused';
  /** The effect in words. */
  readonly effectText: string;
  readonly text: string;
  readonly status: ModelStatus;
  /** What is stored now. */
  readonly current: RegistryModel | undefined;
  readonly settings?: RegistrySettings;
}

/** What an import would do: shared documents first, because the models are checked with them. */
export function planImport(file: ImportFile, contents: RegistryContents): readonly ImportItem[] {
  const before = sharedVariables(contents);
  const items: ImportItem[] = [];
  const { schema, base, settings } = file;
  if (schema) items.push(sharedItem('schema', schema, contents, before));
  const withSchema = sharedVariables(withTexts(contents, { schema: textOf(items, 'schema') }));
  if (base) items.push(sharedItem('base', base, contents, withSchema));
  const shared = sharedVariables(withTexts(contents, { schema: textOf(items, 'schema'), base: textOf(items, 'base') }));
  const ids = file.models.map(({ id }) => id);
  for (const [index, model] of file.models.entries())
    items.push(
      ids.indexOf(model.id) === index
        ? modelItem(model, contents, shared)
        : itemOf('model', model, undefined, { refused: messages.twice }),
    );
  if (settings) items.push(settingsItem(settings, contents));
  return items;
}

function modelItem(model: ImportedText, contents: RegistryContents, shared: SharedVariables): ImportItem {
  const current = contents.models.find(({ id }) => id === model.id);
  const refused = refusalOf(model, current, contents, shared);
  return itemOf('model', model, current, refused === undefined ? {} : { refused });
}

function refusalOf(
  { id, text, status }: ImportedText,
  current: RegistryModel | undefined,
  contents: RegistryContents,
  shared: SharedVariables,
): string | undefined {
  const idProblem = modelIdProblem(id);
  if (idProblem !== undefined) return `the name ${idProblem}`;
  if (current?.isNewer) return messages.newerDocument;
  if (current?.isIntact === false) return messages.damaged;
  if (current?.text === text && current.status === status) return undefined;
  try {
    readStoredText(id, text);
  } catch (error) {
    if (error instanceof RegistryRefusal) return error.message;
    throw error;
  }
  const { problems } = checkModel(text, modelSource((current?.rev ?? 0) + 1), shared);
  const [first] = problems;
  if (first) return messages.problems(problems.length, first.message);
  const touched = touchedEnvironments(current?.text, text, shared, protectedNames(contents));
  return touched.length === 0 ? undefined : messages.protectedEnvironments(touched.join(', '));
}

function sharedItem(
  kind: 'base' | 'schema',
  imported: ImportedText,
  contents: RegistryContents,
  shared: SharedVariables,
): ImportItem {
  const current = contents[kind];
  const refused = current?.text === imported.text ? undefined : sharedRefusalOf(kind, imported.text, contents, shared);
  return itemOf(kind, { ...imported, status: 'active' }, current, refused === undefined ? {} : { refused });
}

function sharedRefusalOf(
  kind: 'base' | 'schema',
  text: string,
  contents: RegistryContents,
  shared: SharedVariables,
): string | undefined {
  const current = contents[kind];
  if (current?.isNewer) return messages.newerDocument;
  if (current?.isIntact === false) return messages.damaged;
  const problems = sharedTextProblems(kind, text, shared);
  const [first] = problems;
  if (first) return messages.problems(problems.length, first.message);
  const touched = touchedModels(contents, shared, sharedVariables(withTexts(contents, { [kind]: text })));
  if (touched.length === 0) return undefined;
  return messages.protectedShared([...new Set(touched.flatMap(({ environments }) => environments))].join(', '));
}

function settingsItem(settings: RegistrySettings, contents: RegistryContents): ImportItem {
  const { settings: now, document: current } = contents.settings;
  const text = textOfSettings(settings);
  const isSame = text === textOfSettings(now);
  const refused = current?.isNewer ? messages.newerDocument : undefined;
  const options = { isSame, ...(refused !== undefined && { refused }) };
  const item = itemOf('settings', { id: 'settings', text: '', status: 'active' }, current, options);
  return { ...item, settings };
}

function textOfSettings({ protectedEnvironments, refusesSecrets }: RegistrySettings): string {
  return JSON.stringify([protectedEnvironments, refusesSecrets]);
}

function itemOf(
  kind: ImportItem['kind'],
  { id, text, status }: ImportedText,
  current: RegistryModel | undefined,
  { refused, isSame }: { readonly refused?: string; readonly isSame?: boolean },
): ImportItem {
  const { effects, names } = messages;
  const common = { id, kind, name: kind === 'model' ? id : names[kind], text, status, current };
  if (refused !== undefined) return { ...common, effect: 'refused', effectText: effects.refused(refused) };
  if (isSame ?? (current?.text === text && current.status === status))
    return { ...common, effect: 'same', effectText: effects.same };
  if (!current) return { ...common, effect: 'new', effectText: effects.new };
  return { ...common, effect: 'revision', effectText: effects.revision(current.rev + 1) };
}

function textOf(items: readonly ImportItem[], kind: 'base' | 'schema'): string | undefined {
  return items.find((item) => item.kind === kind && item.effect !== 'refused')?.text;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function readText(value: unknown): ImportedText | undefined {
  const { id, text, status } = fieldsOf(value);
  if (typeof id !== 'string' || typeof text !== 'string') return undefined;
  return { id, text, status: status === 'archived' ? 'archived' : 'active' };
}

function readSettingsFields(value: unknown): RegistrySettings | undefined {
  const { protectedEnvironments: names, refusesSecrets } = fieldsOf(value);
  const isTexts = Array.isArray(names) && names.every((name): name is string => typeof name === 'string');
  return isTexts && typeof refusesSecrets === 'boolean' ? { protectedEnvironments: names, refusesSecrets } : undefined;
}
