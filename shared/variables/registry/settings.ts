import { readDocument, type Located } from '../document/readDocument';
import { originText, type Report } from '../origin';
import type { RegistryModel } from './revision';

export interface RegistrySettings {
  /** Environments whose values are changed by a pull request only. */
  readonly protectedEnvironments: readonly string[];
  /** Whether the page refuses to save names and values that look like secrets; it warns of them otherwise. */
  readonly refusesSecrets: boolean;
}

/** The settings, and the document that they were read from; undefined where none were saved. */
export interface StoredSettings {
  /** What is missing, or cannot be read, has its default. */
  readonly settings: RegistrySettings;
  readonly document: RegistryModel | undefined;
  /** What cannot be read, as sentences; undefined where all can. */
  readonly problem: string | undefined;
}

export const defaultSettings: RegistrySettings = { protectedEnvironments: [], refusesSecrets: true };

export function readSettings(document: RegistryModel | undefined): StoredSettings {
  if (!document?.isIntact) return { settings: defaultSettings, document, problem: document?.problem };
  const problems: string[] = [];
  const report: Report = (origin, message) => void problems.push(`${originText(origin)}: ${message}`);
  const root = readDocument(document.text, 'settings', report);
  if (root && !('entries' in root)) report(root.origin, 'must be a map.');
  const fields = root && 'entries' in root ? root.entries : new Map<string, Located>();
  const settings = {
    protectedEnvironments:
      textsOf(fields.get('protectedEnvironments'), report) ?? defaultSettings.protectedEnvironments,
    refusesSecrets: flagOf(fields.get('refusesSecrets'), report) ?? defaultSettings.refusesSecrets,
  };
  return { settings, document, problem: problems.length === 0 ? undefined : problems.join('\n') };
}

/** The text of settings. Fields of an earlier text that this version does not know are kept. */
export function settingsText(settings: RegistrySettings, earlier: RegistryModel | undefined): string {
  const { protectedEnvironments, refusesSecrets } = settings;
  const fields = { ...fieldsOf(earlier?.text ?? '{}'), protectedEnvironments, refusesSecrets };
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

function fieldsOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {}; // A text that is not JSON is replaced; it stays in the history.
  }
}

function textsOf(located: Located | undefined, report: Report): readonly string[] | undefined {
  if (!located) return undefined;
  const items = 'items' in located ? located.items : [];
  const texts = items.flatMap((item) => ('scalar' in item && typeof item.scalar === 'string' ? [item.scalar] : []));
  if ('items' in located && texts.length === items.length) return texts;
  report(located.origin, 'protectedEnvironments must be a list of names.');
  return undefined;
}

function flagOf(located: Located | undefined, report: Report): boolean | undefined {
  if (!located) return undefined;
  if ('scalar' in located && typeof located.scalar === 'boolean') return located.scalar;
  report(located.origin, 'refusesSecrets must be true or false.');
  return undefined;
}
