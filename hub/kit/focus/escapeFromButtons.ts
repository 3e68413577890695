/**
 * Lets the Escape key close a panel or a dialog wherever the focus is in it. A button of the kit (2.277.0, Button.onKeyDown) keeps
 * the key for itself and gives the focus away, so that the dialog stays open with the focus nowhere; here the dialog gets the
 * key instead.
 */
export function escapeFromButtons(page: Document): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !(event.target instanceof Element)) return;
    const button = event.target.closest('.bolt-button');
    const dialog = button?.closest('[role="dialog"]');
    // The key closes the menu of a button first.
    if (!dialog || button?.getAttribute('aria-expanded') === 'true') return;
    event.stopPropagation();
    event.preventDefault();
    // The kit reads the code of the key.
    const escape = { key: event.key, code: event.code, keyCode: 27, bubbles: true, cancelable: true };
    dialog.dispatchEvent(new KeyboardEvent('keydown', escape));
  };
  page.addEventListener('keydown', onKey, { capture: true });
}
