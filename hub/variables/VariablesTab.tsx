/** The place of the screen VariablesTab. */
export function VariablesTab() {
  return <div />;
}
