/** The place of the screen SettingsScreen. */
export function SettingsScreen() {
  return <div />;
}
