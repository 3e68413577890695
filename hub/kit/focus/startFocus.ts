/**
 * Where the focus goes when a panel or a dialog opens, as selectors of the kit. A review with a long text before its field has
 * none of them: there the focus stays at the beginning, so that nothing is scrolled out of sight.
 */
export const startFocus = {
  /** The first field; of radio buttons the one that is selected. */
  firstField:
    '[role="dialog"] :is(select, textarea, input:not([type="radio"]), input[type="radio"]:checked):not(:disabled)',
  /** The first button at the bottom, which cancels. */
  cancel: '[role="dialog"] .bolt-panel-footer-buttons button',
  /** The primary button at the bottom. */
  primary: '[role="dialog"] .bolt-panel-footer-buttons button.primary',
  /** What has the focus in a panel in which none of them was there when it opened. */
  untouched: '.bolt-panel-focus-element',
};
