import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import type { RegistryContents } from '../../shared/variables/registry/modelRegistry';
import type { RegistrySettings } from '../../shared/variables/registry/settings';
import { useHub } from '../kit/hubContext';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { settingsMessages } from './messages';
import { Part } from './Part';

const { access, secrets } = settingsMessages;

/** Protected environments, texts that look like secrets, and who may edit. */
export function GeneralPart() {
  const { host, registry, contents, reload } = useHub();
  const { settings: stored, document, problem } = contents.settings;
  // Undefined where nothing was changed: then what someone else saves is shown at once.
  const [edited, setEdited] = useState<RegistrySettings>();
  const [comment, setComment] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown }>();
  const [conflictWith, setConflictWith] = useState<string>();
  const settings = edited ?? stored;
  const isChanged = JSON.stringify(settings) !== JSON.stringify(stored);
  const save = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const isDamaged = document?.isIntact === false;
      const result = await registry.saveSettings({ settings, comment, base: document, acceptsDamage: isDamaged });
      setConflictWith(result.kind === 'conflict' ? result.theirs.updatedBy.name : undefined);
      if (result.kind === 'saved') host.toast(settingsMessages.saved);
      await reload();
      if (result.kind === 'saved') {
        setEdited(undefined);
        setComment('');
      }
    } catch (error) {
      setFault({ error });
    }
    setBusy(false);
  };
  return (
    <>
      {problem !== undefined && (
        <ProblemCard severity="warning">
          {document?.isIntact === false ? settingsMessages.damaged(problem) : settingsMessages.settingsProblem(problem)}
        </ProblemCard>
      )}
      {conflictWith !== undefined && (
        <ProblemCard severity="warning">{settingsMessages.conflict(conflictWith)}</ProblemCard>
      )}
      {fault && <FaultCard error={fault.error} onRetry={() => void save()} />}
      <ProtectedEnvironments settings={settings} contents={contents} onChange={setEdited} />
      <Part title={secrets.title} help={secrets.help}>
        <Checkbox
          label={secrets.refuse}
          checked={settings.refusesSecrets}
          onChange={(_, refusesSecrets) => setEdited({ ...settings, refusesSecrets })}
        />
      </Part>
      {isChanged && (
        <section className="hub-card settings-part settings-save depth-8" aria-label={settingsMessages.unsaved}>
          <FormItem label={settingsMessages.comment} message={settingsMessages.commentHelp}>
            <TextField value={comment} width={TextFieldWidth.auto} onChange={(_, value) => setComment(value)} />
          </FormItem>
          <div className="settings-actions">
            <Button
              text={settingsMessages.discard}
              subtle={true}
              disabled={isBusy}
              onClick={() => setEdited(undefined)}
            />
            <Button text={settingsMessages.save} primary={true} disabled={isBusy} onClick={() => void save()} />
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

function ProtectedEnvironments(props: {
  readonly settings: RegistrySettings;
  readonly contents: RegistryContents;
  readonly onChange: (settings: RegistrySettings) => void;
}) {
  const { settings, contents, onChange } = props;
  const { protected: texts } = settingsMessages;
  const [added, setAdded] = useState('');
  const known = useMemo(
    () => [...new Set([...contents.models, ...(contents.base ? [contents.base] : [])].flatMap((m) => m.environments))],
    [contents],
  );
  const shown = [...new Set([...known, ...settings.protectedEnvironments])].sort();
  const name = added.trim();
  const isThere = settings.protectedEnvironments.includes(name);
  const setProtected = (environment: string, isProtected: boolean) => {
    const others = settings.protectedEnvironments.filter((each) => each !== environment);
    onChange({ ...settings, protectedEnvironments: isProtected ? [...others, environment].sort() : others });
  };
  const add = () => {
    if (name === '' || isThere) return;
    setProtected(name, true);
    setAdded('');
  };
  return (
    <Part title={texts.title} help={texts.help}>
      {shown.length === 0 && <p className="secondary-text">{texts.none}</p>}
      <ul className="settings-checks">
        {shown.map((environment) => (
          <li key={environment}>
            <Checkbox
              label={environment}
              checked={settings.protectedEnvironments.includes(environment)}
              onChange={(_, checked) => setProtected(environment, checked)}
            />
          </li>
        ))}
      </ul>
      <div className="settings-add">
        <FormItem label={texts.add} message={isThere ? texts.exists(name) : texts.addHelp} error={isThere}>
          <TextField
            value={added}
            width={TextFieldWidth.auto}
            onChange={(_, value) => setAdded(value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') add();
            }}
          />
        </FormItem>
        <Button text={texts.addButton} disabled={name === '' || isThere} onClick={add} />
      </div>
    </Part>
  );
}
