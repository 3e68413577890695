import { Icon, IconSize } from 'azure-devops-ui/Icon';
import type { DataColumn } from '../kit/DataTable';
import { RouteLink } from '../kit/RouteLink';
import { TimeAgo } from '../kit/time/TimeAgo';
import { modelPage } from '../page/route';
import { modelsMessages } from './messages';
import type { ModelRow, ModelState } from './modelRows';

const icons = {
  valid: 'Completed',
  problems: 'ErrorBadge',
  differs: 'Warning',
  damaged: 'ErrorBadge',
  newer: 'Info',
  archived: 'Archive',
  checking: 'Refresh',
} satisfies Record<ModelState, string>;

/** The columns of the list of models. */
export const modelColumns: readonly DataColumn<ModelRow>[] = [
  {
    id: 'name',
    name: modelsMessages.columns.name,
    weight: 30,
    isSortable: true,
    render: ({ model }) => <RouteLink to={modelPage(model.id)}>{model.id}</RouteLink>,
  },
  {
    id: 'version',
    name: modelsMessages.columns.version,
    weight: 10,
    leftOut: 'narrow',
    isSortable: true,
    render: ({ model }) => model.version ?? '',
  },
  {
    id: 'environments',
    name: modelsMessages.columns.environments,
    weight: 22,
    leftOut: 'medium',
    render: ({ model }) => (
      <ul className="hub-pills">
        {model.environments.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    ),
  },
  {
    id: 'state',
    name: modelsMessages.columns.state,
    weight: 14,
    isSortable: true,
    render: (row) => <StateCell {...row} />,
  },
  {
    id: 'changed',
    name: modelsMessages.columns.changed,
    weight: 24,
    leftOut: 'narrow',
    isSortable: true,
    render: ({ model }) => (
      <div className="hub-two-lines">
        <span>
          <TimeAgo at={model.updatedOn} /> {modelsMessages.by(model.updatedBy.name)}
        </span>
        <span className="secondary-text">{modelsMessages.revision(model.rev)}</span>
      </div>
    ),
  },
];

function StateCell({ model, state, problemCount, file }: ModelRow) {
  const text = state === 'problems' ? modelsMessages.problems(problemCount) : modelsMessages.states[state];
  const notCompared =
    typeof file === 'object' ? modelsMessages.notCompared(model.repository?.path ?? '', file.unknown) : undefined;
  return (
    <span className="hub-state" title={model.problem ?? notCompared}>
      <Icon iconName={icons[state]} size={IconSize.medium} className={`hub-state-${state}`} />
      {state === 'differs' ? (
        <RouteLink to={{ view: 'model', model: model.id, tab: 'repository' }}>{text}</RouteLink>
      ) : (
        <span>{text}</span>
      )}
    </span>
  );
}
