import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import { readSettings, type RegistrySettings } from '../../shared/variables/registry/settings';
import { History } from '../history/History';
import { useHub } from '../kit/hubContext';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { HistoryButton } from './HistoryButton';
import { settingsMessages } from './messages';
import { Part } from './Part';
import { ProtectedEnvironments } from './ProtectedEnvironments';
import { settingsHistory } from './settingsHistory';
import { useSettingsDraft } from './useSettingsDraft';
import '../history/history.css';

const { access, secrets } = settingsMessages;

/** Protected environments, texts that look like secrets, and who may edit. */
export function GeneralPart(props: { readonly readOnlyReason: string | undefined }) {
  const { host, registry, contents, route, refusal, go, reload } = useHub();
  const { document, problem } = contents.settings;
  const { base, settings, comment, isChanged, edit, discard } = useSettingsDraft();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown }>();
  const [conflictWith, setConflictWith] = useState<string>();
  const newer = document?.isNewer ? settingsMessages.newer(document.problem ?? '') : undefined;
  const readOnlyReason = props.readOnlyReason ?? newer;
  const isReadOnly = readOnlyReason !== undefined;
  const history = useMemo(() => {
    if (!document) return undefined;
    const settingsOf = (text: string) =>
      readSettings({ ...document, text, isIntact: true, problem: undefined }).settings;
    return settingsHistory('general', document, {
      ...{ base: document, isChanged, readOnlyReason, hasValues: false, reload },
      refusedReason: refusal?.reason ?? (document.isIntact ? undefined : readOnlyReason),
      edit: (text) => edit({ base: document, settings: settingsOf(text) }),
      discard,
      review: (options) => {
        edit({ comment: options.comment ?? '' });
        go({ view: 'settings', part: 'general' });
      },
      repair: (text, comment) =>
        registry.saveSettings({ settings: settingsOf(text), comment, base: document, acceptsDamage: true }),
    });
  }, [document, isChanged, readOnlyReason, refusal, registry, go, reload, edit, discard]);
  const change = (next: RegistrySettings) => edit({ settings: next });
  const drop = () => {
    discard();
    setConflictWith(undefined);
    setFault(undefined);
  };
  const save = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const result = await registry.saveSettings({ settings, comment, base, acceptsDamage: base?.isIntact === false });
      setConflictWith(result.kind === 'conflict' ? result.theirs.updatedBy.name : undefined);
      if (result.kind === 'saved') host.toast(settingsMessages.saved);
      else edit({ base: result.theirs });
      await reload();
      if (result.kind === 'saved') discard();
    } catch (error) {
      setFault({ error });
    }
    setBusy(false);
  };
  if (history && route.view === 'settings' && route.hasHistory === true)
    return (
      <>
        <div className="settings-actions">
          <HistoryButton part="general" isOpen={true} />
        </div>
        <History subject={history} />
      </>
    );
  return (
    <>
      {history && (
        <div className="settings-actions">
          <HistoryButton part="general" isOpen={false} />
        </div>
      )}
      {problem !== undefined && (
        <ProblemCard severity="warning">
          {newer ??
            (document?.isIntact === false
              ? settingsMessages.damaged(problem)
              : settingsMessages.settingsProblem(problem))}
        </ProblemCard>
      )}
      {conflictWith !== undefined && (
        <ProblemCard severity="warning">{settingsMessages.conflict(conflictWith)}</ProblemCard>
      )}
      {fault && <FaultCard error={fault.error} onRetry={() => void save()} />}
      <ProtectedEnvironments settings={settings} contents={contents} isReadOnly={isReadOnly} onChange={change} />
      <Part title={secrets.title} help={secrets.help}>
        <Checkbox
          label={secrets.refuse}
          disabled={isReadOnly}
          checked={settings.refusesSecrets}
          onChange={(_, refusesSecrets) => change({ ...settings, refusesSecrets })}
        />
      </Part>
      {isChanged && (
        <section className="hub-card settings-part settings-save depth-8" aria-label={settingsMessages.unsaved}>
          <FormItem label={settingsMessages.comment} message={settingsMessages.commentHelp}>
            <TextField value={comment} width={TextFieldWidth.auto} onChange={(_, value) => edit({ comment: value })} />
          </FormItem>
          <div className="settings-actions">
            <Button text={settingsMessages.discard} subtle={true} disabled={isBusy} onClick={drop} />
            <Button
              text={settingsMessages.save}
              primary={true}
              disabled={isBusy || isReadOnly}
              onClick={() => void save()}
            />
          </div>
        </section>
      )}
      <Part title={access.title}>
        {access.text.map((text) => (
          <p key={text}>{text}</p>
        ))}
        <p>{access.more}</p>
      </Part>
    </>
  );
}
