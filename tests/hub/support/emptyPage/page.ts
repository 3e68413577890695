import { connectHost, notifyLoaded } from '../../../../hub/host/connectHost';
import type { Host } from '../../../../hub/host/host';
import { headsOf, revisionId, revisionsOf } from '../../../../shared/variables/registry/documents';

/** Makes the requests of the Models hub for the address that it has. */
async function readAsHub({ documents, navigation, project }: Host): Promise<void> {
  const heads = headsOf(project.id);
  const wanted = new URLSearchParams(navigation.hash);
  const known = await documents.list(heads);
  const id = wanted.get('model');
  if (id === null) return;
  const rev = Number(known.find((document) => document.id === id)?.['rev']);
  const revisions = revisionsOf(project.id, id);
  const newest = documents.read(heads, id).then(() => documents.read(revisions, revisionId(rev + 1)));
  await Promise.all([newest, wanted.get('tab') === 'history' ? documents.list(revisions) : undefined]);
}

const host = await connectHost();
const start = performance.now();
await readAsHub(host);
performance.measure('requests', { start });
notifyLoaded();
document.body.insertAdjacentHTML('beforeend', '<p id="answered">Answered.</p>');
