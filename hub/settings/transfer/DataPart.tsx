import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { useState } from 'react';
import { useHub } from '../../kit/hubContext';
import { FaultCard } from '../../kit/faults/ProblemCard';
import { download } from './download';
import { exportRegistry } from './exportFile';
import { ImportPart } from './ImportPart';
import { settingsMessages } from '../messages';
import { Part } from '../Part';

const { exporting } = settingsMessages;

/** Export and import of all that is stored. */
export function DataPart({ isReadOnly }: { readonly isReadOnly: boolean }) {
  return (
    <>
      <ExportPart />
      <ImportPart isReadOnly={isReadOnly} />
    </>
  );
}

function ExportPart() {
  const { host, registry } = useHub();
  const [hasRevisions, setHasRevisions] = useState(true);
  const [status, setStatus] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown }>();
  const start = async () => {
    setBusy(true);
    setFault(undefined);
    setStatus('');
    try {
      const now = host.now();
      const onProgress = (done: number, all: number) => setStatus(exporting.progress(done, all));
      const { project } = host;
      const file = await exportRegistry(registry, { project, hasRevisions, now, onProgress });
      const name = `models-${project.name.replaceAll(/[^\w-]+/g, '-')}-${now.toISOString().slice(0, 10)}.json`;
      download(name, JSON.stringify(file, undefined, 2));
      setStatus(exporting.done(name));
    } catch (error) {
      setFault({ error });
      setStatus('');
    }
    setBusy(false);
  };
  return (
    <Part title={exporting.title} help={exporting.help}>
      {fault && <FaultCard error={fault.error} onRetry={() => void start()} />}
      <Checkbox label={exporting.history} checked={hasRevisions} onChange={(_, checked) => setHasRevisions(checked)} />
      <div className="settings-row">
        <Button
          text={exporting.button}
          iconProps={{ iconName: 'Download' }}
          disabled={isBusy}
          onClick={() => void start()}
        />
        <span role="status">{status}</span>
      </div>
    </Part>
  );
}
