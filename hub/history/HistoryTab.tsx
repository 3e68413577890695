/** The place of the screen HistoryTab. */
export function HistoryTab() {
  return <div />;
}
