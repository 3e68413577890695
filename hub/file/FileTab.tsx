/** The place of the screen FileTab. */
export function FileTab() {
  return <div />;
}
