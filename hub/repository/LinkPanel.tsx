import { ContentSize } from 'azure-devops-ui/Callout';
import { Button } from 'azure-devops-ui/Button';
import { Panel } from 'azure-devops-ui/Panel';
import { useState } from 'react';
import type { RepositoryLink } from '../../shared/variables/registry/revision';
import { kitMessages } from '../kit/messages';
import { startFocus } from '../kit/focus/startFocus';
import { FilePicker, linkOf, type PickedFile } from './filePicker/FilePicker';
import { repositoryMessages as messages } from './messages';

export interface LinkPanelProps {
  readonly link: RepositoryLink | undefined;
  readonly onDismiss: () => void;
  /** Null removes the link. */
  readonly onLink: (link: RepositoryLink | null) => void;
}

/** Chooses the file that a model is linked to. */
export function LinkPanel({ link, onDismiss, onLink }: LinkPanelProps) {
  const [picked, setPicked] = useState<PickedFile>(link ?? {});
  const next = linkOf(picked);
  const isSame = next && link && next.id === link.id && next.branch === link.branch && next.path === link.path;
  return (
    <Panel
      defaultActiveElement={startFocus.firstField}
      size={ContentSize.Medium}
      onDismiss={onDismiss}
      titleProps={{ text: messages.linkTitle }}
      description={messages.linkHelp}
      footerButtonProps={[
        { text: kitMessages.cancel, onClick: onDismiss },
        {
          text: messages.linkFile,
          primary: true,
          disabled: !next || isSame === true,
          onClick: () => next && onLink(next),
        },
      ]}
    >
      <div className="hub-link-panel">
        <FilePicker picked={picked} onPick={setPicked} isInPanel={true} />
        {link && <Button text={messages.unlink} iconProps={{ iconName: 'Delete' }} onClick={() => onLink(null)} />}
      </div>
    </Panel>
  );
}
