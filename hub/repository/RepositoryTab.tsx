/** The place of the screen RepositoryTab. */
export function RepositoryTab() {
  return <div />;
}
