import { useMemo, useState } from 'react';
import { TimeAgo } from '../../kit/time/TimeAgo';
import { ProblemCard } from '../../kit/faults/ProblemCard';
import { revisionRoute, sourceRoute } from '../arrange/hubLinks';
import { runMessages } from '../messages';
import type {
  RecordedRegistry,
  RecordedRevision,
  RecordedVariable,
  VariablesRecord,
} from '../../../shared/records/runRecord';
import { CardTitle } from './CardTitle';
import { CutNote } from './CutNote';
import { FactList } from './facts/FactList';
import { FactTable, type FactColumn } from './facts/FactTable';
import { HubLink } from './HubLink';
import type { CardProps } from './RecordSection';
import { VariableFilter } from './VariableFilter';

const { variables: texts } = runMessages;

/** Fewer variables are found without a filter. */
const leastToFilter = 12;

/** The variables of a model: their values, and where these come from. */
export function VariablesCard({ attempt: { record, cut } }: CardProps<VariablesRecord>) {
  const { environment, variables, registry } = record;
  const [filter, setFilter] = useState('');
  const columns = useMemo(() => columnsFor(registry), [registry]);
  const found = useMemo(() => variables.filter((variable) => matches(variable, filter)), [variables, filter]);
  return (
    <>
      <CardTitle>{environment === undefined ? texts.noEnvironment : texts.environment(environment)}</CardTitle>
      <Registry registry={registry} />
      {variables.length > leastToFilter && <VariableFilter value={filter} onChange={setFilter} />}
      {found.length === 0 ? (
        <p className="secondary-text">{variables.length === 0 ? texts.noVariables : texts.noMatch}</p>
      ) : (
        <FactTable
          label={runMessages.sections.variables}
          columns={columns}
          rows={found}
          keyOf={({ name }, index) => `${index} ${name}`}
        />
      )}
      <CutNote cut={cut} list="variables" what={texts.what} />
    </>
  );
}

function Registry({ registry }: { readonly registry: RecordedRegistry | undefined }) {
  if (registry?.unavailable !== undefined)
    return <ProblemCard severity="warning">{texts.unavailable(registry.unavailable)}</ProblemCard>;
  const { model, base } = registry ?? {};
  if (!model && !base) return <p className="secondary-text">{texts.filesOnly}</p>;
  return (
    <FactList
      facts={[
        [
          texts.fromHub,
          <ul className="run-revisions">
            {model && (
              <li>
                <HubLink to={revisionRoute(model.id, model.revision)}>
                  {texts.revision(model.id, model.revision)}
                </HubLink>
                <SavedBy revision={model} />
              </li>
            )}
            {base && (
              <li>
                <HubLink to={{ view: 'settings' }}>{texts.base(base.revision)}</HubLink>
                <SavedBy revision={base} />
              </li>
            )}
          </ul>,
        ],
      ]}
    />
  );
}

function SavedBy({ revision: { savedBy, savedOn, isPinned } }: { readonly revision: RecordedRevision }) {
  return (
    <>
      {isPinned && `, ${texts.pinned}`}
      {savedBy !== '' && `, ${texts.savedBy(savedBy)} `}
      <TimeAgo at={savedOn} />
    </>
  );
}

function columnsFor(registry: RecordedRegistry | undefined): readonly FactColumn<RecordedVariable>[] {
  return [
    { name: texts.columns.name, render: ({ name }) => name },
    { name: texts.columns.value, render: ({ value }) => <Value value={value} /> },
    { name: texts.columns.source, render: ({ source }) => <Source source={source} registry={registry} /> },
    {
      name: texts.columns.overridden,
      render: ({ overridden }) =>
        overridden.length === 0
          ? undefined
          : overridden.map((source, index) => (
              <span key={`${index} ${source}`}>
                {index > 0 && ', '}
                <Source source={source} registry={registry} />
              </span>
            )),
    },
  ];
}

function Value({ value }: { readonly value: string | null }) {
  if (value === null) return <em>{texts.unset}</em>;
  return value === '' ? <em>{texts.empty}</em> : <code>{value}</code>;
}

function Source(props: { readonly source: string; readonly registry: RecordedRegistry | undefined }) {
  const route = sourceRoute(props.source, props.registry);
  return route ? <HubLink to={route}>{props.source}</HubLink> : <>{props.source}</>;
}

function matches({ name, value, source, overridden }: RecordedVariable, filter: string): boolean {
  const wanted = filter.trim().toLowerCase();
  return [name, value ?? '', source, ...overridden].some((text) => text.toLowerCase().includes(wanted));
}
