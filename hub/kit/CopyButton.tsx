import { Button } from 'azure-devops-ui/Button';
import { Dialog } from 'azure-devops-ui/Dialog';
import { useState } from 'react';
import { useHost } from './hubContext';
import { kitMessages } from './messages';

/** Copies a text. Where the browser does not permit that to a page in a frame, shows the text, selected, to be copied by hand. */
export function CopyButton({ text }: { readonly text: string }) {
  const host = useHost();
  const [isShown, setShown] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => host.toast(kitMessages.copied),
      () => setShown(true),
    );
  };
  return (
    <>
      <Button text={kitMessages.copy} iconProps={{ iconName: 'Copy' }} onClick={copy} />
      {isShown && (
        <Dialog
          titleProps={{ text: kitMessages.copyByHand }}
          footerButtonProps={[{ text: kitMessages.close, primary: true, onClick: () => setShown(false) }]}
          onDismiss={() => setShown(false)}
        >
          <textarea
            className="hub-copied-text"
            aria-label={kitMessages.copyByHand}
            rows={12}
            readOnly
            value={text}
            ref={(element) => element?.select()}
          />
        </Dialog>
      )}
    </>
  );
}
