import { element, elementOf } from '../element';
import type { Exposed } from '../frameChannel';
import type { Log } from '../log';
import type { AnyFunction } from '../wire';

/** A short message at the bottom of the page. */
export interface Toast {
  readonly message: string;
  /** How long it is shown, in milliseconds. */
  readonly duration?: number;
  readonly callToAction?: string;
  readonly forceOverrideExisting?: boolean;
  readonly onCallToActionClick?: AnyFunction;
}

interface MessageLink {
  readonly name: string;
  readonly href: string;
}

interface Banner {
  readonly message?: string;
  readonly messageFormat?: string;
  readonly messageLinks?: readonly MessageLink[];
  /** 0 info, 1 warning, 2 error, 3 success. */
  readonly level?: number;
  readonly dismissable?: boolean;
}

interface GlobalDialog extends Banner {
  readonly title?: string;
  readonly buttonProps?: readonly {
    readonly text?: string;
    readonly primary?: boolean;
    readonly onClick?: AnyFunction;
  }[];
  readonly onDismiss?: AnyFunction;
}

/** `ms.vss-tfs-web.tfs-global-messages-service`: toasts, banners and dialogs of the page around the extension. */
export function globalMessagesService(log: Log, toasts: Toasts): Exposed {
  return {
    addToast: (toast) => {
      log.add(`toast ${(toast as Toast).message}`);
      toasts.add(toast as Toast);
    },
    addBanner: (banner) => showBanner(banner as Banner),
    closeBanner,
    addDialog: (dialog) => showDialog(dialog as GlobalDialog),
    closeDialog: () => elementOf('dialog', 'dialog').close(),
  };
}

/** Toasts one after another: each waits until the one before it is gone. */
export class Toasts {
  /** All that were asked for, oldest first. */
  readonly asked: { readonly message: string; readonly callToAction?: string }[] = [];
  readonly #queue: Toast[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  add(toast: Toast): void {
    const { message, callToAction } = toast;
    this.asked.push({ message, ...(callToAction !== undefined && { callToAction }) });
    if (toast.forceOverrideExisting === true) this.#queue.unshift(toast);
    else this.#queue.push(toast);
    if (toast.forceOverrideExisting === true || this.#timer === undefined) this.#showNext();
  }

  #showNext(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const region = elementOf('toasts', 'div');
    region.replaceChildren();
    const toast = this.#queue.shift();
    if (!toast) return;
    const shown = element('div', { class: 'toast' }, element('span', {}, toast.message));
    if (toast.callToAction !== undefined) {
      const button = element('button', { type: 'button' }, toast.callToAction);
      button.addEventListener('click', () => {
        void toast.onCallToActionClick?.();
        this.#showNext();
      });
      shown.append(button);
    }
    region.append(shown);
    this.#timer = setTimeout(() => this.#showNext(), toast.duration ?? 5000);
  }
}

const levels = ['info', 'warning', 'error', 'success'];

function showBanner(banner: Banner): void {
  const shown = element('div', { class: `banner ${levels[banner.level ?? 0] ?? 'info'}` }, ...textOf(banner));
  if (banner.dismissable !== false) {
    const close = element('button', { type: 'button', 'aria-label': 'Dismiss' }, '✕');
    close.addEventListener('click', closeBanner);
    shown.append(close);
  }
  elementOf('banners', 'div').replaceChildren(shown);
}

const closeBanner = (): void => elementOf('banners', 'div').replaceChildren();

/** `{0}` of a format stands for the first link. */
function textOf({ message = '', messageFormat, messageLinks = [] }: Banner): readonly (Node | string)[] {
  if (messageFormat === undefined) return [message];
  return messageFormat.split(/\{(\d+)\}/).map((part, index) => {
    const link = index % 2 === 1 ? messageLinks[Number(part)] : undefined;
    return link ? element('a', { href: link.href }, link.name) : part;
  });
}

function showDialog(dialog: GlobalDialog): void {
  const buttons = (dialog.buttonProps ?? [{ text: 'OK', primary: true }]).map(({ text = 'OK', primary, onClick }) => ({
    text,
    isPrimary: primary === true,
    chosen: () => void onClick?.(),
  }));
  openDialog(dialog.title ?? '', textOf(dialog), buttons, () => void dialog.onDismiss?.());
}

export interface DialogButton {
  readonly text: string;
  readonly isPrimary: boolean;
  readonly chosen: () => void;
}

/** Shows a modal dialog. @param dismissed called when it is closed without a button */
export function openDialog(
  title: string,
  content: readonly (Node | string)[],
  buttons: readonly DialogButton[],
  dismissed: () => void,
): void {
  const dialog = elementOf('dialog', 'dialog');
  let isChosen = false;
  const footer = buttons.map(({ text, isPrimary, chosen }) => {
    const button = element('button', { type: 'button', ...(isPrimary && { class: 'primary' }) }, text);
    button.addEventListener('click', () => {
      isChosen = true;
      dialog.close();
      chosen();
    });
    return button;
  });
  dialog.replaceChildren(
    element('h2', { id: 'dialog-title' }, title),
    element('p', {}, ...content),
    element('div', { class: 'buttons' }, ...footer),
  );
  dialog.addEventListener(
    'close',
    () => {
      if (!isChosen) dismissed();
    },
    { once: true },
  );
  dialog.showModal();
}
