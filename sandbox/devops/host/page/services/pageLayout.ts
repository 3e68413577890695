import type { Exposed } from '../frameChannel';
import type { AnyFunction } from '../wire';
import { openDialog } from './globalMessages';

interface MessageDialogOptions {
  readonly title?: string;
  readonly showCancel?: boolean;
  readonly okText?: string;
  readonly cancelText?: string;
  readonly onClose?: AnyFunction;
}

/** `ms.vss-features.host-page-layout-service`. Dialogs and panels with content of an extension are not supported. */
export function pageLayoutService(): Exposed {
  return {
    openMessageDialog: (message, options) => openMessage(String(message), options ?? {}),
    openCustomDialog: (contributionId) => refuse('openCustomDialog', contributionId),
    openPanel: (contributionId) => refuse('openPanel', contributionId),
    getFullScreenMode: () => document.body.classList.contains('full-screen'),
    setFullScreenMode: (isFull) => {
      document.body.classList.toggle('full-screen', isFull === true);
    },
  };
}

/** The dialog answers true, false, or nothing when it is dismissed. */
function openMessage(message: string, { title = '', showCancel = true, ...options }: MessageDialogOptions): void {
  const button = (text: string, isPrimary: boolean, result: boolean) => ({
    text,
    isPrimary,
    chosen: () => void options.onClose?.(result),
  });
  openDialog(
    title,
    [message],
    [
      button(options.okText ?? 'OK', true, true),
      ...(showCancel ? [button(options.cancelText ?? 'Cancel', false, false)] : []),
    ],
    () => void options.onClose?.(undefined),
  );
}

/** @throws Error always */
function refuse(method: string, contributionId: unknown): never {
  throw new Error(`${method}: the stand-in shows no content of contributions such as ${String(contributionId)}.`);
}
