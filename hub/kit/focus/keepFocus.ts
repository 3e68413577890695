/** An element that had the focus. */
interface Place {
  readonly element: Element;
  readonly dialog: Element | null;
  /** The controls in its dialog or the page up to the element. */
  readonly before: readonly Element[];
}

const controls = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable="true"]';

/**
 * When the control with the focus is removed, such as the button that saves the last edits, gives the focus to the control
 * before it, or to the title of another screen: otherwise nothing has it, keys go nowhere, and a screen reader loses its place.
 */
export function keepFocus(page: Document): void {
  let inPage: Place | undefined;
  /** While a dialog has the focus, the place in it. */
  let inDialog: Place | undefined;
  page.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element) || target === page.body) return;
    const place = placeOf(target, page);
    if (place.dialog) inDialog = place;
    else [inPage, inDialog] = [place, undefined];
  });
  // Who points at something that takes no focus wants none.
  page.addEventListener(
    'pointerdown',
    ({ target }) => {
      if (target instanceof Element && !target.closest(controls)) inPage = inDialog = undefined;
    },
    { capture: true },
  );
  const restore = () => {
    const lost = inDialog ?? inPage;
    // The host can have the focus.
    if (!lost || lost.element.isConnected || page.activeElement !== page.body || !page.hasFocus()) return;
    const place = lost.dialog?.isConnected === false ? inPage : lost;
    if (place) stopNear(place, page)?.focus({ preventScroll: true });
  };
  let isWaiting = false;
  new MutationObserver(() => {
    if (isWaiting) return;
    isWaiting = true;
    // After the kit, which gives the focus back to what opened a dialog.
    requestAnimationFrame(() => {
      isWaiting = false;
      restore();
    });
  }).observe(page.body, { childList: true, subtree: true });
}

function placeOf(element: Element, page: Document): Place {
  const dialog = element.closest('[role="dialog"]');
  const all = [...(dialog ?? page).querySelectorAll(controls)];
  const place = element.matches(controls) ? element : all.findLast((each) => each.contains(element));
  return { element, dialog, before: place ? all.slice(0, all.indexOf(place) + 1) : [element] };
}

function stopNear({ before }: Place, page: Document): HTMLElement | undefined {
  const found = before.findLast(isControl);
  if (found) return found;
  const title = page.querySelector<HTMLElement>('[role="heading"][aria-level="1"], h1') ?? undefined;
  if (title) title.tabIndex = -1;
  return title;
}

function isControl(element: Element): element is HTMLElement {
  return (
    element instanceof HTMLElement &&
    element.tabIndex >= 0 &&
    // Not what was removed, either.
    element.checkVisibility() &&
    !element.matches(':disabled')
  );
}
