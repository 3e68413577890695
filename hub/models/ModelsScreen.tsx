import { useCallback, useMemo, useRef } from 'react';
import { DataTable, firstRows } from '../kit/DataTable';
import { EmptyState } from '../kit/EmptyState';
import { useHub } from '../kit/hubContext';
import { PageFrame } from '../kit/PageFrame';
import { modelPage, type ModelFilter } from '../page/route';
import { modelsMessages } from './messages';
import { modelColumns } from './modelColumns';
import { ModelFilterBar } from './ModelFilterBar';
import { environmentsOf, modelRows, modelsInOrder, shownRows, sortOf, withSort, type ModelRow } from './modelRows';
import { useFileComparisons } from './useFileComparisons';
import { useProblemCounts } from './useProblemCounts';

const noFilter: ModelFilter = {};

/** The list of the models. */
export function ModelsScreen() {
  const { contents, go } = useHub();
  const commands = [
    {
      id: 'new',
      text: modelsMessages.newModel,
      iconProps: { iconName: 'Add' },
      isPrimary: contents.models.length > 0,
      important: true,
      onActivate: () => go({ view: 'new' }),
    },
    {
      id: 'import',
      text: modelsMessages.importModel,
      iconProps: { iconName: 'Import' },
      important: false,
      onActivate: () => go({ view: 'new', from: 'repository' }),
    },
    {
      id: 'compare',
      text: modelsMessages.compare,
      iconProps: { iconName: 'Switch' },
      important: false,
      onActivate: () => go({ view: 'compare' }),
    },
    {
      id: 'settings',
      text: modelsMessages.settings,
      iconProps: { iconName: 'Settings' },
      important: false,
      onActivate: () => go({ view: 'settings' }),
    },
  ];
  return (
    <PageFrame title={modelsMessages.title} description={modelsMessages.description} commands={commands}>
      {contents.models.length === 0 ? <NoModels /> : <FilteredModels />}
    </PageFrame>
  );
}

function NoModels() {
  const { go } = useHub();
  return (
    <EmptyState
      icon="Variable"
      title={modelsMessages.empty}
      actions={[
        { text: modelsMessages.newModel, isPrimary: true, onClick: () => go({ view: 'new' }) },
        { text: modelsMessages.importModel, onClick: () => go({ view: 'new', from: 'repository' }) },
      ]}
    >
      {modelsMessages.emptyHelp}
    </EmptyState>
  );
}

function FilteredModels() {
  const { host, contents, route, go } = useHub();
  const filter = (route.view === 'models' ? route.filter : undefined) ?? noFilter;
  const counts = useProblemCounts(contents, () =>
    modelsInOrder(contents.models, filter, host.user.id).slice(0, firstRows()),
  );
  const inOrder = useMemo(() => {
    const first = modelsInOrder(contents.models, filter, host.user.id);
    return [...new Set([...first, ...contents.models])];
    // What is shown first matters only when the models are new.
  }, [contents]);
  const files = useFileComparisons(inOrder);
  const before = useRef<readonly ModelRow[]>([]);
  const rows = useMemo(() => modelRows(contents.models, { counts, files }, before.current), [contents, counts, files]);
  before.current = rows;
  const shown = useMemo(() => shownRows(rows, filter, host.user.id), [rows, filter, host.user.id]);
  const environments = useMemo(() => environmentsOf(contents.models), [contents]);
  const setFilter = useCallback(
    (next: ModelFilter) =>
      go(Object.keys(next).length === 0 ? { view: 'models' } : { view: 'models', filter: next }, { replace: true }),
    [go],
  );
  return (
    <>
      <ModelFilterBar filter={filter} environments={environments} onChange={setFilter} />
      <div className="hub-screen-reader" role="status">
        {modelsMessages.shown(shown.length, rows.length)}
      </div>
      {shown.length === 0 ? (
        <EmptyState
          icon="Search"
          title={modelsMessages.emptyFilter}
          actions={[{ text: modelsMessages.clearFilter, onClick: () => setFilter(noFilter) }]}
        >
          {modelsMessages.emptyFilterHelp}
        </EmptyState>
      ) : (
        <DataTable
          label={modelsMessages.table}
          columns={modelColumns}
          rows={shown}
          keyOf={({ model }) => model.id}
          sort={sortOf(filter)}
          onSort={(sort) => {
            setFilter(withSort(filter, sort));
          }}
          onOpen={({ model }) => go(modelPage(model.id))}
        />
      )}
    </>
  );
}
