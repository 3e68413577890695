import { Button } from 'azure-devops-ui/Button';
import { useHub } from '../kit/hubContext';
import type { SettingsPart } from '../page/route';
import { settingsMessages } from './messages';

/** Opens the history of a part of the settings, or the part again. */
export function HistoryButton({ part, isOpen }: { readonly part: SettingsPart; readonly isOpen: boolean }) {
  const { go } = useHub();
  return (
    <Button
      text={isOpen ? settingsMessages.closeHistory : settingsMessages.history}
      iconProps={{ iconName: isOpen ? 'Back' : 'History' }}
      subtle={true}
      onClick={() => go(isOpen ? { view: 'settings', part } : { view: 'settings', part, hasHistory: true })}
    />
  );
}
