import { ModelRegistry, type RegistryContents } from '../../shared/variables/registry/modelRegistry';
import { startPage } from '../kit/startPage';
import { connection } from './begin';
import { ModelsPage } from './ModelsPage';
import { parseRoute } from './route';
import { loadScreen } from './screens';

/** A page that has its documents within this time, in milliseconds, is shown with them at once, and does not flicker. */
const shownLaterMs = 300;

await startPage(connection, async (host) => {
  const options = { projectId: host.project.id, author: host.user, now: () => host.now() };
  const reading = new ModelRegistry(host.documents, options).contents();
  const loaded = Promise.all([reading, loadScreen(parseRoute(host.navigation.hash))]);
  const contents = await Promise.race([
    loaded.then(
      ([value]): RegistryContents => value,
      // The page, which waits for the documents and loads the screen again, shows the failure.
      () => undefined,
    ),
    new Promise<undefined>((resolve) => setTimeout(resolve, shownLaterMs)),
  ]);
  return <ModelsPage reading={reading} contents={contents} />;
});
