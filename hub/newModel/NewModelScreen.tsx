/** The place of the screen NewModelScreen. */
export function NewModelScreen() {
  return <div />;
}
