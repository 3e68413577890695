import { TimeAgo } from '../../kit/time/TimeAgo';
import { durationText } from '../arrange/durationText';
import { runMessages } from '../messages';
import type { JobRunRecord, RecordedTask } from '../../../shared/records/runRecord';
import { CardTitle } from './CardTitle';
import { CutNote } from './CutNote';
import { FactList } from './facts/FactList';
import { FactTable, type FactColumn } from './facts/FactTable';
import { Outcome } from './Outcome';
import type { CardProps } from './RecordSection';
import { WebLink } from './WebLink';

const { jobRun: texts } = runMessages;

const columns: readonly FactColumn<RecordedTask>[] = [
  { name: texts.columns.task, render: ({ name, url }) => <WebLink url={url}>{name}</WebLink> },
  { name: texts.columns.state, render: ({ outcome, state }) => <Outcome kind={outcome} text={state} /> },
  {
    name: texts.columns.duration,
    isNumber: true,
    render: ({ startedOn, endedOn }) => durationText(startedOn, endedOn),
  },
  { name: texts.columns.attempts, isNumber: true, render: ({ attempts }) => String(attempts) },
];

/** A run of Databricks: its tasks, with their states and durations. */
export function JobRunCard({ attempt: { record, cut } }: CardProps<JobRunRecord>) {
  const { facts } = texts;
  const { runId, jobId, name, url, state, outcome, startedOn, endedOn, tasks } = record;
  return (
    <>
      <CardTitle outcome={{ kind: outcome, text: texts.outcomes[outcome] }}>
        {name === '' ? texts.unnamed(runId) : name}
      </CardTitle>
      <FactList
        facts={[
          [facts.run, <WebLink url={url}>{runId}</WebLink>],
          [facts.job, jobId],
          [facts.state, state],
          [facts.started, startedOn && <TimeAgo at={startedOn} />],
          [facts.duration, durationText(startedOn, endedOn)],
        ]}
      />
      {tasks.length === 0 ? (
        <p className="secondary-text">{texts.noTasks}</p>
      ) : (
        <FactTable
          label={texts.tasks}
          columns={columns}
          rows={tasks}
          keyOf={(task, index) => `${index} ${task.name}`}
        />
      )}
      <CutNote cut={cut} list="tasks" what="tasks" />
    </>
  );
}
