import { connectHost, notifyLoaded } from '../../../../hub/host/connectHost';
import { ModelRegistry } from '../../../../shared/variables/registry/modelRegistry';

declare global {
  interface Window {
    /** Of the person who is signed in. */
    registry: ModelRegistry;
  }
}

const host = await connectHost();
window.registry = new ModelRegistry(host.documents, { projectId: host.project.id, author: host.user, now: host.now });
notifyLoaded();
