import { headsOf, revisionsOf } from '../../shared/variables/registry/documents';
import { connectHost } from '../host/connectHost';
import type { Host } from '../host/host';
import { readAhead } from '../host/readAhead';
import { parseRoute } from './route';

/**
 * The host, with the documents that the page shows first being read. A script of its own, which is small and runs before the
 * others: Azure DevOps answers while the browser reads and runs the rest of the page.
 */
export const connection: Promise<Host> = begin();

// The page, which waits for it, shows the failure.
connection.catch(() => undefined);

async function begin(): Promise<Host> {
  const host = await connectHost();
  return { ...host, documents: readAhead(host.documents, collectionsOf(host)) };
}

function collectionsOf({ navigation, project }: Host): readonly string[] {
  const route = parseRoute(navigation.hash);
  const hasRevisions = route.view === 'model' && route.tab === 'history';
  return [headsOf(project.id), ...(hasRevisions ? [revisionsOf(project.id, route.model)] : [])];
}
