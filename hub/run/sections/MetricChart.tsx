import type { ReactNode } from 'react';
import type { MetricRow } from '../figures/metricRows';
import { metricTexts } from '../figures/metricTexts';
import { scaleFor, type Scale } from '../figures/scale';
import { runMessages } from '../messages';
import { Outcome } from './Outcome';

const { evaluation: texts } = runMessages;

/** A bar for each metric on a scale of its own, with the limits of its rules and the value of the champion. */
export function MetricChart({ rows }: { readonly rows: readonly MetricRow[] }) {
  const hasChampion = rows.some(({ metric }) => metric.champion !== undefined);
  const hasLimit = rows.some(({ limits }) => limits.length > 0);
  return (
    <figure className="run-chart" aria-label={texts.chart}>
      <ul>
        {rows.map((row) => (
          <li key={row.metric.name}>
            <span className="run-chart-name">{row.metric.name}</span>
            <MetricBar row={row} />
            <span className="run-chart-value">{metricTexts(row).value ?? texts.missing}</span>
            <span className="run-chart-verdict">
              {row.outcome && <Outcome kind={row.outcome} text={texts.outcomes[row.outcome]} />}
            </span>
          </li>
        ))}
      </ul>
      <figcaption className="run-legend" aria-hidden="true">
        <LegendEntry text={texts.legend.value}>
          <rect className="run-bar" x="0" y="4" width="16" height="8" />
        </LegendEntry>
        {hasLimit && (
          <LegendEntry text={texts.legend.limit}>
            <rect className="run-range" x="7" y="13" width="9" height="3" />
            <line className="run-limit" x1="8" x2="8" y1="0" y2="16" />
          </LegendEntry>
        )}
        {hasChampion && (
          <LegendEntry text={texts.legend.champion}>
            <path className="run-champion" d="M8 2 L14 8 L8 14 L2 8 Z" />
          </LegendEntry>
        )}
      </figcaption>
    </figure>
  );
}

function LegendEntry({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  return (
    <span>
      <svg width="16" height="16" viewBox="0 0 16 16">
        {children}
      </svg>
      {text}
    </span>
  );
}

/** Positions are in percent, so that the bar has the width of its column without measuring it. */
function MetricBar({ row }: { readonly row: MetricRow }) {
  const { metric, limits, outcome } = row;
  const numbers = [metric.value, metric.champion, ...limits.map(({ value }) => value)];
  const scale = scaleFor(numbers.filter((number) => number !== undefined));
  const percent = (value: number): string => `${scale.position(value)}%`;
  return (
    <svg className="run-chart-bar" role="img" aria-label={sentenceOf(row)} width="100%" height="28">
      <rect className="run-track" x="0" y="6" width="100%" height="12" />
      {metric.value !== undefined && (
        <rect
          className={outcome === 'failed' ? 'run-bar run-bar-failed' : 'run-bar'}
          {...span(scale, 0, metric.value)}
          y="6"
          height="12"
        />
      )}
      <line className="run-zero" x1={percent(0)} x2={percent(0)} y1="6" y2="18" />
      {limits.map(({ value, side }, index) => (
        <g key={index}>
          {side && (
            <rect
              className="run-range"
              {...span(scale, value, side === 'above' ? scale.end : scale.start)}
              y="21"
              height="3"
            />
          )}
          <line className="run-limit" x1={percent(value)} x2={percent(value)} y1="2" y2="24" />
        </g>
      ))}
      {metric.champion !== undefined && (
        <svg x={percent(metric.champion)} overflow="visible">
          <path className="run-champion" d="M0 6 L6 12 L0 18 L-6 12 Z" />
        </svg>
      )}
    </svg>
  );
}

/** From one number to another, in either direction. */
function span(scale: Scale, from: number, to: number): { readonly x: string; readonly width: string } {
  const [left, right] = [scale.position(Math.min(from, to)), scale.position(Math.max(from, to))];
  return { x: `${left}%`, width: `${Number((right - left).toFixed(2))}%` };
}

/** The chart of a metric in words. */
function sentenceOf(row: MetricRow): string {
  const { inWords } = texts;
  const { value, champion, limits } = metricTexts(row);
  const parts = [
    value === undefined ? texts.missing.toLowerCase() : inWords.value(value),
    ...(champion === undefined ? [] : [inWords.champion(champion)]),
    ...row.limits.map(({ comparison }, index) => inWords.limit(comparison, limits[index] ?? '')),
    ...(row.outcome === undefined ? [] : [inWords.outcome(row.outcome)]),
  ];
  return texts.sentence(row.metric.name, parts);
}
