/** Layers of the kit and tables give the focus to what they know better within this time, in milliseconds. */
const othersFirstMs = 100;

const controls = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** The control that has the focus, within its dialog or the page, and all of them there, in their order. */
interface Place {
  readonly focused: Element;
  readonly scope: Element;
  readonly all: readonly HTMLElement[];
}

/**
 * When the control with the focus is removed, such as the button that saves the last edits, gives the focus to the control
 * before it, or else to the page: otherwise nothing has it, keys go nowhere, and a screen reader loses its place.
 */
export function keepFocus(page: Document): void {
  let inPage: Place | undefined;
  let inDialog: Place | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  page.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element) || target === page.body) return;
    const dialog = target.closest('[role="dialog"]');
    const scope = dialog ?? page.body;
    const place = { focused: target, scope, all: [...scope.querySelectorAll<HTMLElement>(controls)] };
    inDialog = dialog ? place : undefined;
    if (!dialog) inPage = place;
  });
  // Who points at something that takes no focus wants none.
  const onPointer = ({ target }: Event) => {
    if (target instanceof Element && !target.closest(controls)) inPage = inDialog = undefined;
  };
  page.addEventListener('pointerdown', onPointer, { capture: true });
  const restore = () => {
    timer = undefined;
    if (page.activeElement !== page.body || !page.hasFocus()) return;
    const place = inDialog?.scope.isConnected === true ? inDialog : inPage;
    if (!place || (place === inDialog && place.focused.isConnected)) return;
    const before = place.all.slice(0, place.all.findIndex((each) => each === place.focused) + 1);
    const next = before.findLast((each) => each.isConnected && each.tabIndex >= 0 && each.checkVisibility());
    const main = page.querySelector<HTMLElement>('main');
    if (!next && main) main.tabIndex = -1;
    (next ?? main)?.focus({ preventScroll: true });
  };
  new MutationObserver(() => {
    const lost = inDialog ?? inPage;
    if (lost && !lost.focused.isConnected && page.activeElement === page.body)
      timer ??= setTimeout(restore, othersFirstMs);
  }).observe(page.body, { childList: true, subtree: true });
}
