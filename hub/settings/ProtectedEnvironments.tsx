import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import type { RegistryContents } from '../../shared/variables/registry/modelRegistry';
import type { RegistrySettings } from '../../shared/variables/registry/settings';
import { settingsMessages } from './messages';
import { Part } from './Part';

export interface ProtectedEnvironmentsProps {
  readonly settings: RegistrySettings;
  readonly contents: RegistryContents;
  readonly isReadOnly: boolean;
  readonly onChange: (settings: RegistrySettings) => void;
}

/** Which environments are protected: those of the models, and others by their name. */
export function ProtectedEnvironments({ settings, contents, isReadOnly, onChange }: ProtectedEnvironmentsProps) {
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
              disabled={isReadOnly}
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
            disabled={isReadOnly}
            width={TextFieldWidth.auto}
            onChange={(_, value) => setAdded(value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') add();
            }}
          />
        </FormItem>
        <Button text={texts.addButton} disabled={isReadOnly || name === '' || isThere} onClick={add} />
      </div>
    </Part>
  );
}
