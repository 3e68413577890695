/** The place of the screen CompareScreen. */
export function CompareScreen() {
  return <div />;
}
