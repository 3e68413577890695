import { useMemo } from 'react';
import { metricRows, type MetricRow } from '../figures/metricRows';
import { metricTexts } from '../figures/metricTexts';
import { changeText, comparedTexts } from '../figures/numberText';
import { runMessages } from '../messages';
import type { EvaluatedModel, EvaluationRecord, RecordedRule } from '../../../shared/records/runRecord';
import { CardTitle } from './CardTitle';
import { CutNote } from './CutNote';
import { FactList } from './facts/FactList';
import { FactTable, type FactColumn } from './facts/FactTable';
import { MetricChart } from './MetricChart';
import { Outcome } from './Outcome';
import type { CardProps } from './RecordSection';

const { evaluation: texts } = runMessages;
const { columns } = texts;

/** More bars than this are not read as a picture; the table has all. */
const mostBars = 20;

/** A model that was checked: its metrics beside the limits of the rules and the champion, and the verdict on each rule. */
export function EvaluationCard({ attempt: { record, cut } }: CardProps<EvaluationRecord>) {
  const rows = useMemo(() => metricRows(record), [record]);
  const { model, champion, result, rules, notes } = record;
  const charted = rows.filter(
    ({ metric }) => metric.isInRule && (metric.value !== undefined || metric.champion !== undefined),
  );
  const verdict = { kind: result, text: texts.verdicts[result] } as const;
  return (
    <>
      <CardTitle outcome={verdict}>{titleOf(model)}</CardTitle>
      <FactList
        facts={[
          [texts.model, describe(model)],
          [texts.champion, champion ? describe(champion) : texts.noChampion],
        ]}
      />
      {notes.map((note, index) => (
        <p key={index} className="run-note">
          {note}
        </p>
      ))}
      {charted.length > 0 && <MetricChart rows={charted.slice(0, mostBars)} />}
      {rules.length === 0 ? (
        <p className="secondary-text">{texts.noRules}</p>
      ) : (
        <>
          <h4>{texts.rules}</h4>
          <FactTable label={texts.rules} columns={ruleColumns} rows={rules} keyOf={(_, index) => String(index)} />
        </>
      )}
      <CutNote cut={cut} list="rules" what="rules" />
      {rows.length === 0 ? (
        <p className="secondary-text">{texts.noMetrics}</p>
      ) : (
        <>
          <h4>{texts.metrics}</h4>
          <FactTable label={texts.metrics} columns={metricColumns} rows={rows} keyOf={(_, index) => String(index)} />
        </>
      )}
      <CutNote cut={cut} list="metrics" what="metrics" />
    </>
  );
}

function titleOf({ name, version }: EvaluatedModel): string {
  const parts = [name, version === undefined ? undefined : texts.version(version)];
  return parts.filter((part) => part !== undefined).join(', ') || texts.model;
}

function describe({ version, mlflowRunId, source }: EvaluatedModel): string {
  const parts = [
    version === undefined ? undefined : texts.version(version),
    mlflowRunId === undefined ? undefined : texts.mlflowRun(mlflowRunId),
    source === '' ? undefined : texts.metricsFrom(source),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

const ruleColumns: readonly FactColumn<RecordedRule>[] = [
  { name: columns.rule, render: ({ rule }) => <code>{rule}</code> },
  { name: columns.verdict, render: ({ outcome }) => <Outcome kind={outcome} text={texts.outcomes[outcome]} /> },
  { name: columns.actual, isNumber: true, render: (rule) => sideTexts(rule).actual },
  { name: columns.required, isNumber: true, render: (rule) => sideTexts(rule).required },
  { name: columns.reason, render: ({ note }) => note },
];

/** Both sides of a rule, with as many digits as distinguish them. */
function sideTexts({
  actual,
  required,
  comparison,
}: RecordedRule): Readonly<Partial<Record<'actual' | 'required', string>>> {
  const texts = comparedTexts([actual, required].filter((number) => number !== undefined));
  const [first, last] = [texts[0], texts.at(-1)];
  return {
    ...(actual !== undefined && first !== undefined && { actual: first }),
    ...(required !== undefined && last !== undefined && { required: `${comparison} ${last}` }),
  };
}

const metricColumns: readonly FactColumn<MetricRow>[] = [
  { name: columns.metric, render: ({ metric }) => metric.name },
  { name: columns.value, isNumber: true, render: (row) => metricTexts(row).value },
  { name: columns.champion, isNumber: true, render: (row) => metricTexts(row).champion },
  {
    name: columns.change,
    isNumber: true,
    render: ({ metric: { value, champion } }) =>
      value === undefined || champion === undefined ? undefined : changeText(champion, value),
  },
  {
    name: columns.limits,
    isNumber: true,
    render: (row) => {
      const { limits } = metricTexts(row);
      return row.limits.map(({ comparison }, index) => `${comparison} ${limits[index] ?? ''}`).join(', ');
    },
  },
];
