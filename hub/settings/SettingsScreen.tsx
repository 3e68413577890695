import { Tab, TabBar, TabSize } from 'azure-devops-ui/Tabs';
import { useHub } from '../kit/hubContext';
import { ProblemCard } from '../kit/faults/ProblemCard';
import { PageFrame } from '../kit/PageFrame';
import { settingsParts } from '../page/route';
import { DataPart } from './transfer/DataPart';
import { GeneralPart } from './GeneralPart';
import { settingsMessages } from './messages';
import { SharedTextPart } from './sharedText/SharedTextPart';
import { useAdministrator } from './useAdministrator';
import './settings.css';

/** What all models of the project share. */
export function SettingsScreen() {
  const { route, go, refusal } = useHub();
  const administrator = useAdministrator();
  const readOnlyReason = refusal?.reason ?? (administrator === 'no' ? settingsMessages.notAdministrator : undefined);
  const part = (route.view === 'settings' ? route.part : undefined) ?? 'general';
  return (
    <PageFrame
      title={settingsMessages.title}
      documentTitle={`${settingsMessages.title} - ${settingsMessages.tabs[part]}`}
      description={settingsMessages.description}
      onBack={{ label: settingsMessages.back, action: () => go({ view: 'models' }) }}
      bar={
        <TabBar
          ariaLabel={settingsMessages.tabsLabel}
          selectedTabId={part}
          tabSize={TabSize.Tall}
          onSelectedTabChanged={(next) => {
            const chosen = settingsParts.find((name) => name === next);
            if (chosen !== undefined && chosen !== part) go({ view: 'settings', part: chosen });
          }}
        >
          {settingsParts.map((name) => (
            <Tab key={name} id={name} name={settingsMessages.tabs[name]} />
          ))}
        </TabBar>
      }
    >
      {administrator === 'no' && <ProblemCard severity="info">{settingsMessages.notAdministrator}</ProblemCard>}
      {administrator === 'unknown' && (
        <ProblemCard severity="info">{settingsMessages.unknownAdministrator}</ProblemCard>
      )}
      {part === 'general' && <GeneralPart readOnlyReason={readOnlyReason} />}
      {(part === 'base' || part === 'schema') && (
        <SharedTextPart key={part} id={part} readOnlyReason={readOnlyReason} />
      )}
      {part === 'data' && <DataPart isReadOnly={readOnlyReason !== undefined} />}
    </PageFrame>
  );
}
