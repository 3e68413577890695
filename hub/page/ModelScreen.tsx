import { Tab, TabBar, TabSize } from 'azure-devops-ui/Tabs';
import { Suspense } from 'react';
import { EmptyState } from '../kit/EmptyState';
import { ErrorBoundary } from '../kit/faults/ErrorBoundary';
import { useHub } from '../kit/hubContext';
import { lazyPart } from '../kit/lazyPart';
import { Loading } from '../kit/Loading';
import { kitMessages } from '../kit/messages';
import { ModelContext, useModel } from '../kit/modelContext';
import { PageFrame } from '../kit/PageFrame';
import { ProblemCard, StaleCard } from '../kit/faults/ProblemCard';
import { ChangeBar, OvertakenCard } from '../review/ChangeBar';
import { VariablesTab } from '../variables/VariablesTab';
import { pageMessages } from './messages';
import { readOnlyReasonOf } from './readOnlyReason';
import { modelTabs, routeHash, type ModelTab } from './route';
import { useOpenModel } from './useOpenModel';

const tabs = {
  variables: { Part: VariablesTab, load: () => Promise.resolve() },
  file: lazyPart(async () => (await import('./modelParts')).FileTab),
  history: lazyPart(async () => (await import('./modelParts')).HistoryTab),
  repository: lazyPart(async () => (await import('./modelParts')).RepositoryTab),
} satisfies Record<ModelTab, unknown>;

/** Loads what a tab needs. */
export function loadTab(tab: ModelTab): Promise<void> {
  return tabs[tab].load();
}

/** A model: its header and the tabs, which share the edits that are not saved. */
export function ModelScreen({ id }: { readonly id: string }) {
  const { contents, failure, go } = useHub();
  const known = contents.models.find((model) => model.id === id);
  // Where the list is older, it does not have a model that was just created.
  if (known === undefined && failure) return <PageFrame title={id}>{null}</PageFrame>;
  if (known === undefined)
    return (
      <PageFrame title={id}>
        <EmptyState
          icon="Search"
          title={pageMessages.noSuchModel(id)}
          actions={[{ text: pageMessages.showAll, onClick: () => go({ view: 'models' }) }]}
        >
          {pageMessages.noSuchModelHelp}
        </EmptyState>
      </PageFrame>
    );
  return <KnownModel known={known} />;
}

function KnownModel({ known }: { readonly known: Parameters<typeof useOpenModel>[0] }) {
  const { open, panel } = useOpenModel(known);
  return (
    <ModelContext.Provider value={open}>
      <ModelFrame />
      {panel}
    </ModelContext.Provider>
  );
}

function ModelFrame() {
  const { route, go, refusal } = useHub();
  const { model, failure, reload, archive, restore } = useModel();
  // The frame of the page shows the reason that all models have.
  const readOnlyReason = readOnlyReasonOf(model);
  const isArchived = model.status === 'archived';
  const tab = route.view === 'model' ? route.tab : 'variables';
  const Content = tabs[tab].Part;
  return (
    <PageFrame
      title={model.id}
      documentTitle={`${model.id} - ${pageMessages.tabs[tab]}`}
      description={pageMessages.versionAndRevision(model.version, model.rev)}
      commands={[
        {
          id: 'compare',
          text: pageMessages.compare,
          iconProps: { iconName: 'Switch' },
          important: false,
          onActivate: () => go({ view: 'compare', left: { model: model.id }, right: { model: model.id } }),
        },
        {
          id: 'archive',
          text: isArchived ? pageMessages.restore : pageMessages.archive,
          iconProps: { iconName: isArchived ? 'Undo' : 'Archive' },
          important: false,
          disabled: !model.isIntact || refusal !== undefined,
          onActivate: isArchived ? restore : archive,
        },
      ]}
      onBack={{ label: pageMessages.backToModels, action: () => go({ view: 'models' }) }}
      bar={
        <TabBar
          ariaLabel={pageMessages.tabsLabel(model.id)}
          selectedTabId={tab}
          tabSize={TabSize.Tall}
          onSelectedTabChanged={(next) => {
            const chosen = modelTabs.find((name) => name === next);
            if (chosen === undefined || chosen === tab) return;
            // With the filter, the environment and the revision that a tab shows when people come back.
            go({ ...(route.view === 'model' && route), view: 'model', model: model.id, tab: chosen });
          }}
        >
          {modelTabs.map((name) => (
            <Tab key={name} id={name} name={pageMessages.tabs[name]} />
          ))}
        </TabBar>
      }
    >
      {readOnlyReason !== undefined && (
        <ProblemCard
          severity={model.isIntact ? 'info' : 'error'}
          {...(isArchived &&
            model.isIntact &&
            !refusal && { action: { text: pageMessages.restore, onClick: restore } })}
        >
          {readOnlyReason}
          {model.problem !== undefined && <div className="hub-detail">{model.problem}</div>}
        </ProblemCard>
      )}
      <StaleCard
        failure={failure}
        sentence={kitMessages.newestNotRead(model.id, model.rev)}
        onRetry={() => void reload()}
      />
      <OvertakenCard />
      <ErrorBoundary resetKey={routeHash(route)}>
        <Suspense fallback={<Loading />}>
          <Content />
        </Suspense>
      </ErrorBoundary>
      <ChangeBar />
    </PageFrame>
  );
}
