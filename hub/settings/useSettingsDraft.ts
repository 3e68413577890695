import { useCallback, useEffect, useState } from 'react';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import type { RegistrySettings } from '../../shared/variables/registry/settings';
import { useHub } from '../kit/hubContext';

interface Draft {
  /** What the choices were made on; undefined where nothing was saved. */
  readonly base: RegistryModel | undefined;
  readonly settings: RegistrySettings;
  readonly comment: string;
}

export interface SettingsDraft extends Draft {
  readonly isChanged: boolean;
  readonly edit: (next: Partial<Draft>) => void;
  readonly discard: () => void;
}

/** The general settings with choices that are not saved: they survive another screen and a reload of the page. */
export function useSettingsDraft(): SettingsDraft {
  const { host, contents } = useHub();
  const { settings, document: base } = contents.settings;
  const key = `settings-draft/${host.project.id}`;
  // Undefined where nothing was changed: then what someone else saves is shown at once.
  const [draft, setDraft] = useState(() => {
    const kept = readDraft(sessionStorage.getItem(key));
    // It was saved when the page ended.
    return kept && isSame(kept.settings, settings) ? undefined : kept;
  });
  useEffect(() => {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  }, [key, draft]);
  const edit = useCallback(
    (next: Partial<Draft>) =>
      setDraft((before) => {
        const edited = { ...(before ?? { base, settings, comment: '' }), ...next };
        return isSame(edited.settings, settings) ? undefined : edited;
      }),
    [base, settings],
  );
  const discard = useCallback(() => setDraft(undefined), []);
  const shown = draft ?? { base, settings, comment: '' };
  return { ...shown, isChanged: !isSame(shown.settings, settings), edit, discard };
}

const isSame = (one: RegistrySettings, other: RegistrySettings) => JSON.stringify(one) === JSON.stringify(other);

/** What an older version of the page stored in another form is left out. */
function readDraft(stored: string | null): Draft | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stored ?? 'null');
  } catch {
    return undefined;
  }
  const { base, settings, comment } = (value ?? {}) as Partial<Draft>;
  const isDraft = Array.isArray(settings?.protectedEnvironments) && typeof comment === 'string';
  return isDraft ? { base, settings, comment } : undefined;
}
