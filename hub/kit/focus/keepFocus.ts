/** How many elements with the focus are remembered: the one before a dialog, and the one before that. */
const mostRemembered = 5;

const stops = 'a[href], button, input, select, textarea, [tabindex]';

/**
 * Moves the focus to what is next to an element that had it and was taken out of the page, such as the button of a bar that
 * goes away, or the whole screen: otherwise it would be nowhere, and the keyboard would begin at the top again.
 */
export function keepFocus(page: Document): void {
  /** The elements that had the focus, the newest first, each followed by what is around it. */
  let remembered: readonly (readonly Element[])[] = [];
  page.addEventListener(
    'focusin',
    ({ target }) => {
      if (target instanceof Element)
        remembered = [withAncestors(target, page.body), ...remembered].slice(0, mostRemembered);
    },
    { capture: true },
  );
  const keep = () => {
    const isNowhere = page.activeElement === page.body || page.activeElement === null;
    // A click beside everything takes the focus away on purpose; and the host may have the focus.
    if (!isNowhere || remembered[0]?.[0]?.isConnected !== false || !page.hasFocus()) return;
    nextStop(remembered)?.focus();
  };
  let isWaiting = false;
  new MutationObserver(() => {
    if (isWaiting) return;
    isWaiting = true;
    // After the kit, which gives the focus back to what opened a dialog.
    requestAnimationFrame(() => {
      isWaiting = false;
      keep();
    });
  }).observe(page.body, { childList: true, subtree: true });
}

function withAncestors(element: Element, end: Element): readonly Element[] {
  const found = [];
  for (let at: Element | null = element; at && at !== end; at = at.parentElement) found.push(at);
  return found;
}

function nextStop(remembered: readonly (readonly Element[])[]): HTMLElement | undefined {
  for (const place of remembered.flat().filter(({ isConnected }) => isConnected)) {
    // Another screen: its title says what is shown now.
    const title =
      place.querySelector('main') && place.querySelector<HTMLElement>('[role="heading"][aria-level="1"], h1');
    if (title) {
      title.tabIndex = -1;
      return title;
    }
    const stop = [place, ...place.querySelectorAll(stops)].find(isStop);
    if (stop) return stop;
  }
  return undefined;
}

function isStop(element: Element): element is HTMLElement {
  return (
    element instanceof HTMLElement &&
    element.tabIndex >= 0 &&
    element.checkVisibility() &&
    !element.matches(':disabled')
  );
}
