import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ModelRegistry, type RegistryContents } from '../../shared/variables/registry/modelRegistry';
import { ErrorBoundary } from '../kit/faults/ErrorBoundary';
import { HubContext, useHost, type Hub, type Refusal } from '../kit/hubContext';
import { Loading } from '../kit/Loading';
import { kitMessages } from '../kit/messages';
import { PageFrame } from '../kit/PageFrame';
import { FaultCard } from '../kit/faults/ProblemCard';
import { useLoaded } from '../kit/useLoaded';
import { pageMessages } from './messages';
import { parseRoute, routeHash, type Route } from './route';
import { Screen } from './screens';
import { watchRefusals } from './watchRefusals';

export interface ModelsPageProps {
  /** The models, which are being read. */
  readonly reading: Promise<RegistryContents>;
  /** The same, where they have been read. */
  readonly contents: RegistryContents | undefined;
}

/** The Models hub: reads the models once, and shows the screen that the hash of the host names. */
export function ModelsPage({ reading, contents: known }: ModelsPageProps) {
  const host = useHost();
  const [refusal, setRefusal] = useState<Refusal>();
  const registry = useMemo(() => {
    const documents = watchRefusals(host.documents, ({ message }) =>
      setRefusal({ reason: kitMessages.readOnly, detail: message, lift: () => setRefusal(undefined) }),
    );
    return new ModelRegistry(documents, { projectId: host.project.id, author: host.user, now: () => host.now() });
  }, [host]);
  const [route, go] = useRoute();
  const begun = useRef(known ? undefined : reading);
  const read = async () => {
    const first = begun.current;
    begun.current = undefined;
    return first ?? registry.contents();
  };
  const [contents, reload] = useLoaded('contents', read, known);
  if (contents.kind !== 'loaded')
    return (
      <PageFrame title={pageMessages.models}>
        {contents.kind === 'loading' ? <Loading /> : <FaultCard error={contents.error} onRetry={() => void reload()} />}
      </PageFrame>
    );
  const { value, failure } = contents;
  const page = { registry, contents: value, failure, route, go, reload, refusal };
  return <LoadedPage {...page} />;
}

function LoadedPage(props: {
  readonly registry: ModelRegistry;
  readonly contents: RegistryContents;
  readonly failure: Hub['failure'];
  readonly route: Route;
  readonly go: Hub['go'];
  readonly reload: Hub['reload'];
  readonly refusal: Refusal | undefined;
}) {
  const host = useHost();
  const { registry, contents, failure, route, go, reload, refusal } = props;
  const hub = useMemo<Hub>(
    () => ({
      ...{ host, registry, contents, failure, route, go, reload, refusal },
      openPullRequest: async (model, text, comment) =>
        (await import('./modelParts')).openPullRequest(host, model, text, comment),
      readLinkedText: async (link) => (await import('./modelParts')).readLinkedText(host, link),
      compareFiles: async (...args) => (await import('./modelParts')).compareFiles(host, ...args),
    }),
    [host, registry, contents, failure, route, go, reload, refusal],
  );
  return (
    <HubContext.Provider value={hub}>
      <ErrorBoundary resetKey={routeHash(route)}>
        <Suspense fallback={<Loading />}>
          <Screen route={route} />
        </Suspense>
      </ErrorBoundary>
    </HubContext.Provider>
  );
}

function useRoute(): readonly [Route, Hub['go']] {
  const { navigation } = useHost();
  const [route, setRoute] = useState(() => parseRoute(navigation.hash));
  useEffect(() => navigation.onHashChanged((hash) => setRoute(parseRoute(hash))), [navigation]);
  const go = useCallback<Hub['go']>(
    (next, { replace = false } = {}) => {
      if (replace) navigation.replaceHash(routeHash(next));
      else navigation.setHash(routeHash(next));
      setRoute(next);
    },
    [navigation],
  );
  return [route, go];
}
